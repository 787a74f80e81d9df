import { Metadata } from "@grpc/grpc-js";

/** Where google.rpc.Status travels, in bytes. */
export const STATUS_DETAILS_HEADER = "grpc-status-details-bin";

/** Text headers by their names in lower case; of several values the first, binary ones are left out. */
export function headersOf(metadata: Metadata): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(metadata.getMap())) {
    if (typeof value === "string") headers.set(name, value);
  }
  return headers;
}

/** Headers as grpc-js sends them. */
export function metadataOf(headers: ReadonlyMap<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of headers) metadata.set(name, value);
  return metadata;
}
