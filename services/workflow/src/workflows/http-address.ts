import type { HttpAction } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";

/** Set by the executor itself, or able to change where the message ends: refused in a definition. */
const RESERVED_HEADERS = new Set([
  "host",
  "content-length",
  "content-type",
  "transfer-encoding",
  "connection",
  "idempotency-key",
]);

/** What is wrong with the URL of an http step; undefined when it can be called. */
export function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "It is not an absolute URL such as https://hooks.example.com/slipway.";
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return `${url.protocol.slice(0, -1)} is not supported; use http or https.`;
  }
  if (url.username !== "" || url.password !== "") {
    return "It must not contain a user or password; send an Authorization header instead.";
  }
  return undefined;
}

/** The headers that a definition must not set, as it wrote them; and those that it wrote twice. */
export function refusedHeaders(headers: HttpAction["headers"]): string[] {
  const seen = new Set<string>(RESERVED_HEADERS);
  return Object.keys(headers).filter((name) => {
    const known = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return known;
  });
}
