import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SignatureSchema } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import type { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { MetadataServer } from "./metadata-server.test.ts";

export type SignatureInit = MessageInitShape<typeof SignatureSchema>;

export const base: SignatureInit = {
  inputs: [{ name: "x", dtype: "float32" }],
  outputs: [{ name: "y", dtype: "int64" }],
};
/** With an output more. */
export const wider: SignatureInit = {
  ...base,
  outputs: [...(base.outputs ?? []), { name: "score", dtype: "float32" }],
};
/** With an input of another type. */
export const broken: SignatureInit = { ...base, inputs: [{ name: "x", dtype: "float64" }] };

/** What a test says about a version that it asks for. */
export interface VersionRequest {
  number?: string;
  bump?: Bump;
  base?: string;
  artifact?: string;
  signature?: SignatureInit;
  description?: string;
  tags?: Record<string, string>;
  labels?: string[];
  author?: string;
  requestId?: string;
  unlessUnchanged?: boolean;
}

/** Asks for a version as users/alice, on artifact 1 unless told otherwise. */
export function askForVersion(server: MetadataServer, parent: string, { number, bump, ...rest }: VersionRequest = {}) {
  const artifact = server.artifact(1);
  const numbering = numberingOf(number, bump);
  return server.as().versions.createVersion({ parent, artifact, numbering, ...rest });
}

/** The numbers of versions that are asked for one after another. */
export async function numbersGiven(server: MetadataServer, parent: string, requests: VersionRequest[]) {
  const given: (string | undefined)[] = [];
  for (const request of requests) given.push((await askForVersion(server, parent, request)).version?.number);
  return given;
}

function numberingOf(number?: string, bump?: Bump) {
  if (number !== undefined) return { case: "number" as const, value: number };
  return bump === undefined ? { case: undefined } : { case: "bump" as const, value: bump };
}
