import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";

/** What a page may weigh: generated clients receive 4 MiB, and names and frames need some room. */
const MAXIMUM_BYTES = 3 * 1024 * 1024;

/** How many of a page's resources fit into one message, at least one; the rest belongs on the next page (AIP-158). */
export function fittingCount<Schema extends DescMessage>(
  schema: Schema,
  resources: readonly MessageShape<Schema>[],
): number {
  let bytes = 0;
  for (const [index, resource] of resources.entries()) {
    bytes += toBinary(schema, resource).byteLength;
    if (bytes > MAXIMUM_BYTES) return Math.max(1, index);
  }
  return resources.length;
}
