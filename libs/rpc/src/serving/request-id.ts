import type { Ids } from "@slipway/runtime";
import { REQUEST_ID_HEADER } from "../call-context.ts";

/** What is taken over from a client into logs and errors: nothing that could break a line or fill a disk. */
const ACCEPTED = /^[\w.:/+=-]{1,128}$/;

/** The id that the client sent, or a new one. */
export function requestIdOf(headers: ReadonlyMap<string, string>, ids: Ids): string {
  const sent = headers.get(REQUEST_ID_HEADER);
  return sent !== undefined && ACCEPTED.test(sent) ? sent : ids.uid();
}
