import type { StoredVersion } from "../versions/version.ts";

/** Runs of one kind: Chinese characters, or other letters and digits. */
function runsOf(text: string): string[] {
  const folded = text.normalize("NFKC").toLowerCase().replaceAll("ß", "ss");
  return folded.match(/\p{Script=Han}+|[\p{Letter}\p{Number}]+?(?=\p{Script=Han}|[^\p{Letter}\p{Number}]|$)/gu) ?? [];
}

const isHan = (run: string) => /^\p{Script=Han}/u.test(run);

/** Whether a version has all words of a text; the last one may be a beginning with `openEnd`. Chinese is found inside. */
export function hasWords({ version, ofModel }: StoredVersion, text: string, openEnd: boolean): boolean {
  const { author, labels, tags, description } = version;
  const known = [ofModel.name, author, ...labels, ...Object.entries(tags).flat(), description].flatMap(runsOf);
  const wanted = runsOf(text);
  return wanted.every((run, index) => {
    if (isHan(run)) return pairsOf(run).every((pair) => known.some((one) => isHan(one) && one.includes(pair)));
    const isBeginning = openEnd && index === wanted.length - 1;
    return known.some((one) => (isBeginning ? one.startsWith(run) : one === run));
  });
}

/** Neighbouring characters; of a single one, itself. */
function pairsOf(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
