import { UsageError } from "./usage-error.ts";

/** `models/iris/transitions/{uid}`, of what a person gives: that, also behind `tenants/{tenant}/`, or `iris/{uid}`. */
export function transitionName(text: string): string {
  if (/^(tenants\/[^/]+\/)?models\/[^/]+\/transitions\/[^/]+$/.test(text)) return text;
  const [, model, uid] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (model === undefined || uid === undefined) {
    throw new UsageError(
      `"${text}" names no transition. Write it as \`slipway transitions list\` shows it: iris/<uid>.`,
    );
  }
  return `models/${model}/transitions/${uid}`;
}

/** A transition's name as it is shown: `iris/{uid}`. */
export function transitionId(name: string): string {
  return name.replace(/^models\/([^/]+)\/transitions\//, "$1/");
}

/** `iris@1.0.0`, of a version's resource name; empty for none. */
export function versionId(name: string): string {
  return name.replace(/^models\/([^/]+)\/versions\//, "$1@");
}
