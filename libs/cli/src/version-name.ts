/** Whatever has a version's resource name, `models/{model}/versions/{number}`. */
interface Named {
  name: string;
}

/** The name of a version's model, without `models/`. */
export function modelNameOf({ name }: Named): string {
  return partsOf(name).model;
}

/** `iris@1.0.0`, as commands take it. */
export function shortName({ name }: Named): string {
  const { model, number } = partsOf(name);
  return `${model}@${number}`;
}

function partsOf(name: string): { model: string; number: string } {
  const [, model = "", number = ""] = /^models\/(.+)\/versions\/([^/]+)$/.exec(name) ?? [];
  return { model, number };
}
