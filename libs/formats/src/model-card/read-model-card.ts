import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";

/** Front matter of real model cards stays far below this. */
const LONGEST_FRONT_MATTER_BYTES = 256 * 1024;
const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Takes the licence from the front matter of a model card (huggingface.co/docs/hub/model-cards). */
export async function readModelCard(content: Content, facts: Facts): Promise<void> {
  const cursor = await content.open();
  try {
    await cursor.fill(LONGEST_FRONT_MATTER_BYTES);
    const { window, index } = cursor;
    const text = Buffer.from(window.subarray(index, index + LONGEST_FRONT_MATTER_BYTES)).toString("utf8");
    const licence = licenceOf(text);
    if (licence !== undefined) facts.licence = licence;
  } finally {
    cursor.close();
  }
}

/** The licence of a model card: `license`, or `license_name` where that says `other`. */
export function licenceOf(card: string): string | undefined {
  const frontMatter = FRONT_MATTER.exec(card)?.[1];
  if (frontMatter === undefined) return undefined;
  const licence = scalar(frontMatter, "license");
  const named = licence === undefined || licence === "other" ? scalar(frontMatter, "license_name") : undefined;
  return (named ?? licence)?.slice(0, 200);
}

/** A top-level scalar of a YAML mapping, or the only element of a list. */
function scalar(yaml: string, key: string): string | undefined {
  const line = new RegExp(`^${key}[ \\t]*:[ \\t]*(.*)$`, "m").exec(yaml);
  if (line === null) return undefined;
  const inline = (line[1] as string).replace(/\s+#.*$/, "").trim();
  const following = yaml.slice((line.index ?? 0) + line[0].length);
  const value = inline !== "" ? inline : (/^\r?\n[ \t]*-[ \t]+(.+)/.exec(following)?.[1] ?? "").trim();
  const bare = value.replace(/^\[\s*|\s*\]$/g, "").replace(/^(['"])(.*)\1$/, "$2");
  return bare === "" ? undefined : bare;
}
