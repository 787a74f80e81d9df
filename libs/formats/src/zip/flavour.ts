import type { Format } from "../format.ts";
import type { PickleSetting } from "../pickle/pickle-scan.ts";

/** What a zip holds, told from the names of its members. */
export interface Flavour {
  readonly format: Format;
  readonly setting: PickleSetting;
}

/** PyTorch: one folder with data.pkl; TorchScript adds code/ and constants.pkl (torch/serialization.py, caffe2/serialize). */
export function flavourOf(names: ReadonlySet<string>): Flavour {
  for (const name of names) {
    const folder = /^((?:[^/]+\/)?)data\.pkl$/.exec(name)?.[1];
    if (folder === undefined) continue;
    const scripted =
      names.has(`${folder}constants.pkl`) || [...names].some((other) => other.startsWith(`${folder}code/`));
    return scripted ? { format: "torchscript", setting: "torchscript" } : { format: "pytorch", setting: "pytorch" };
  }
  if (names.has("config.json") && (names.has("metadata.json") || names.has("model.weights.h5"))) {
    return { format: "keras", setting: "alone" };
  }
  const arrays = names.size > 0 && [...names].every((name) => name.endsWith(".npy"));
  return { format: arrays ? "npz" : "zip", setting: "alone" };
}
