import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { FacetValues } from "../search/facets.ts";
import type { StoredVersion } from "./version.ts";

/** Which fields of versions ListVersions counts the values of, as the proto says. */
export const VERSION_FACETS: Readonly<Record<string, FacetValues<StoredVersion>>> = {
  state: ({ version }) => [VersionState[version.state]],
  stage: ({ version }) => [version.stage],
  framework: ({ version }) => [version.summary?.framework ?? ""],
  formats: ({ version }) => version.summary?.formats ?? [],
  labels: ({ version }) => version.labels,
  author: ({ version }) => [version.author],
  model: ({ ofModel }) => [ofModel.name],
};
