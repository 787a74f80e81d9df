import type { Inspection } from "../inspection.ts";
import type { ExternalData } from "./read-tensor.ts";

const DRIVE = /^[A-Za-z]:/;

/**
 * Checks that the data of a tensor lies in a file of the artifact, beside or below the model, and inside that file.
 * `modelPath` is the model's path in the artifact; undefined for a model inside a container, where no data file can be
 * beside it.
 */
export function checkExternalData(
  inspection: Inspection,
  findingPath: string,
  modelPath: string | undefined,
  data: ExternalData,
  offset: number,
): void {
  const { location } = data;
  const shown = JSON.stringify(location.slice(0, 200));
  const parts = location.split("/");
  const escapes =
    location.startsWith("/") ||
    DRIVE.test(location) ||
    parts.includes("..") ||
    location.includes("\\") ||
    location.includes("\0");
  if (escapes) {
    const what = `the model reads data from ${shown}, outside its own folder`;
    inspection.report("onnx.external-data.escape", findingPath, what, offset);
    return;
  }
  const folder = modelPath?.includes("/") ? modelPath.slice(0, modelPath.lastIndexOf("/") + 1) : "";
  const target = folder + parts.filter((part) => part !== "" && part !== ".").join("/");
  const sizeBytes = modelPath === undefined ? undefined : inspection.fileSizes.get(target);
  if (sizeBytes === undefined) {
    const what = `the model reads data from ${shown}, which is not in the artifact`;
    inspection.report("onnx.external-data.missing", findingPath, what, offset);
    return;
  }
  const end = data.offsetBytes + (data.lengthBytes ?? 0);
  if (!(data.offsetBytes >= 0 && (data.lengthBytes ?? 0) >= 0 && end <= sizeBytes)) {
    const what = `the model reads bytes of ${shown} that lie outside it`;
    inspection.report("onnx.external-data.range", findingPath, what, offset);
  }
}
