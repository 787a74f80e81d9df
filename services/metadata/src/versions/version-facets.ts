import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fieldTerm } from "@slipway/resources";
import type { FacetField } from "../search/facets.ts";
import type { StoredVersion } from "./version.ts";
import { STATES } from "./version-search.ts";

function facet(prefix: string, valuesOf: (stored: StoredVersion) => readonly string[]): FacetField<StoredVersion> {
  return { valuesOf, term: (value) => fieldTerm(prefix, value) };
}

/** Which fields of versions ListVersions counts the values of, as the proto says. */
export const VERSION_FACETS: Readonly<Record<string, FacetField<StoredVersion>>> = {
  state: { ...facet("state", ({ version }) => [VersionState[version.state]]), all: STATES },
  stage: facet("stage", ({ version }) => [version.stage]),
  framework: facet("framework", ({ version }) => [version.summary?.framework ?? ""]),
  formats: facet("formats", ({ version }) => version.summary?.formats ?? []),
  labels: facet("labels", ({ version }) => version.labels),
  author: facet("author", ({ version }) => [version.author]),
  model: facet("model-name", ({ ofModel }) => [ofModel?.name ?? ""]),
};
