/** Whatever has a version's resource name, `models/{model}/versions/{number}`. */
interface Named {
  name: string;
}

/** The resource name of a model: of `iris`, and of `tenants/acme/models/iris` that name itself. */
export function modelResource(name: string): string {
  return /^tenants\/[^/]+\/models\//.test(name) ? name : `models/${name}`;
}

/** The name of a version's model, without `models/`. */
export function modelNameOf({ name }: Named): string {
  return partsOf(name).model;
}

/** `iris@1.0.0`, as commands take it; of another tenant `tenants/acme/models/iris@1.0.0`. */
export function shortName({ name }: Named): string {
  const { prefix, model, number } = partsOf(name);
  return `${prefix}${model}@${number}`;
}

function partsOf(name: string): { prefix: string; model: string; number: string } {
  const [, prefix = "", model = "", number = ""] =
    /^(tenants\/[^/]+\/models\/)?(?:models\/)?([^/]+)\/versions\/([^/]+)$/.exec(name) ?? [];
  return { prefix, model, number };
}

/** `models/iris/versions/1.0.0` as commands take it. */
export function versionReference(name: string): string {
  return name.replace(/^models\//, "").replace("/versions/", "@");
}
