import { GENERATED_PARTS } from "./generated-parts.ts";

const PART = /(<!-- generated: (\S+) -->\n)(?:.*?\n)??(<!-- end of generated part -->)/gs;

/**
 * A page of Markdown with what stands between `<!-- generated: NAME -->` and `<!-- end of generated part -->` made anew.
 *
 * @throws when a mark names no part
 */
export function withFreshParts(page: string, parts = GENERATED_PARTS): string {
  return page.replace(PART, (_all, start: string, name: string, end: string) => {
    const render = parts[name];
    if (render === undefined) throw new Error(`there is no generated part "${name}"`);
    return `${start}\n${render().trim()}\n\n${end}`;
  });
}
