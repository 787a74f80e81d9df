import { UsageError } from "./usage-error.ts";

/** The tags of options such as `env=prod`. Throws UsageError. */
export function tagsOf(tags: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    tags.map((tag) => {
      const at = tag.indexOf("=");
      if (at < 1) throw new UsageError(`"${tag}" is not a tag. Write it as key=value.`);
      return [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );
}
