import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import type { Inspection } from "../inspection.ts";
import { lambdaIndex } from "./lambda.ts";

/** Configs of real models stay below a few MiB. */
const LONGEST_CONFIG_BYTES = 16 * 1024 * 1024;

/** Looks for Lambda layers in the config.json of a .keras file. */
export async function inspectKerasConfig(inspection: Inspection, content: Content): Promise<void> {
  const text = await textOf(content);
  const at = lambdaIndex(unescapedUnicode(text));
  if (at >= 0) inspection.report("keras.lambda", content.path, "the model has a Lambda layer", at);
}

/** Takes the version of Keras from the metadata.json of a .keras file. */
export async function readKerasMetadata(content: Content, facts: Facts): Promise<void> {
  const version = /"keras_version"\s*:\s*"([^"\\]{1,50})"/.exec(await textOf(content))?.[1];
  facts.framework = `keras ${version ?? ""}`.trimEnd();
}

async function textOf(content: Content): Promise<string> {
  const cursor = await content.open();
  try {
    await cursor.fill(LONGEST_CONFIG_BYTES);
    const { window, index } = cursor;
    return Buffer.from(window.subarray(index, index + LONGEST_CONFIG_BYTES)).toString("utf8");
  } finally {
    cursor.close();
  }
}

/** JSON may write any letter as an escape. */
function unescapedUnicode(text: string): string {
  return text.replace(/\\u00([2-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
