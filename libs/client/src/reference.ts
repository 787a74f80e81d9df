import { ClientError } from "./client-error.ts";

/** What a person names: a model and which of its versions. */
export interface ModelReference {
  /** Name of the model, without prefix. */
  model: string;
  /** `1.2.0`, `^1.2`, `latest`, `production`, `champion`; empty: latest. */
  selector: string;
}

/**
 * Reads `iris`, `iris@production`, `models/iris/versions/1.2.0` (also behind `tenants/{tenant}/`) and a version's
 * access URL `http://host/models/iris/versions/1.2.0`, where names are percent-encoded.
 */
export function parseReference(text: string): ModelReference {
  if (/^https?:\/\//.test(text)) return parseUrl(text);
  if (/^(tenants\/[^/]+\/)?models\//.test(text)) return parsePath(text, text, (part) => part);
  const at = text.indexOf("@");
  const reference = at < 0 ? { model: text, selector: "" } : { model: text.slice(0, at), selector: text.slice(at + 1) };
  if (reference.model === "" || (at >= 0 && reference.selector === "")) throw misunderstood(text);
  return reference;
}

function parseUrl(text: string): ModelReference {
  if (!URL.canParse(text)) throw misunderstood(text);
  return parsePath(new URL(text).pathname.slice(1), text, decodeURIComponent);
}

function parsePath(path: string, text: string, decode: (part: string) => string): ModelReference {
  const match = /^(?:tenants\/[^/]+\/)?models\/([^/]+)(?:\/versions\/([^/]+))?$/.exec(path);
  if (match?.[1] === undefined) throw misunderstood(text);
  return { model: decode(match[1]), selector: decode(match[2] ?? "") };
}

function misunderstood(text: string): ClientError {
  return new ClientError(
    `"${text}" names no model. Write iris, iris@1.2.0, iris@^1.2, iris@production, or the URL of a version.`,
  );
}
