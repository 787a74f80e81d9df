import { ClientError } from "./client-error.ts";

/** What a person names: a model and which of its versions. */
export interface ModelReference {
  /** Name of the model, without prefix. */
  model: string;
  /** Its resource name: `models/iris`, or `tenants/acme/models/iris`. */
  parent: string;
  /** `1.2.0`, `^1.2`, `latest`, `production`, `champion`; empty: latest. */
  selector: string;
}

/**
 * Reads `iris`, `iris@production`, `models/iris/versions/1.2.0`, `models/iris@production`, both also behind
 * `tenants/{tenant}/`, and a version's access URL `http://host/models/iris/versions/1.2.0`, where names are
 * percent-encoded.
 */
export function parseReference(text: string): ModelReference {
  if (/^https?:\/\//.test(text)) return parseUrl(text);
  if (/^(tenants\/[^/]+\/)?models\//.test(text)) return parsePath(text, text, (part) => part);
  const at = text.indexOf("@");
  const [model, selector] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  if (model === "" || (at >= 0 && selector === "")) throw misunderstood(text);
  return { model, parent: `models/${model}`, selector };
}

function parseUrl(text: string): ModelReference {
  if (!URL.canParse(text)) throw misunderstood(text);
  return parsePath(new URL(text).pathname.slice(1), text, decodeURIComponent);
}

function parsePath(path: string, text: string, decode: (part: string) => string): ModelReference {
  const match = /^(tenants\/[^/]+\/)?models\/([^/@]+)(?:\/versions\/([^/]+)|@(.+))?$/.exec(path);
  const [, tenant = "", name, number, selector = number ?? ""] = match ?? [];
  if (name === undefined) throw misunderstood(text);
  const model = decode(name);
  return { model, parent: `${tenant}models/${model}`, selector: decode(selector) };
}

function misunderstood(text: string): ClientError {
  return new ClientError(
    `"${text}" names no model. Write iris, iris@1.2.0, iris@^1.2, iris@production, or the URL of a version.`,
  );
}
