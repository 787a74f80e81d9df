import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";

/** The name of a version's model, without `models/`. */
export function modelNameOf({ name }: Version): string {
  const [, model = ""] = /^models\/(.+)\/versions\//.exec(name) ?? [];
  return model;
}

/** `iris@1.0.0`, as commands take it. */
export function shortName(version: Version): string {
  return `${modelNameOf(version)}@${version.number}`;
}
