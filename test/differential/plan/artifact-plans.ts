import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownFile } from "../known/known-tenant.ts";
import { badPageToken, fields, known, NO_UID, pageSize, weighted } from "./draw.ts";
import type { Drawing, Plans } from "./plan.ts";
import { artifactName } from "./version-plans.ts";

const holderUid = ({ tenant }: Drawing) =>
  weighted(
    [3, known(tenant.versionUids, NO_UID)],
    [3, fc.constantFrom(1, 2, 3).map((n) => `00000000-0000-4000-8000-00000000000${n}`)],
    [1, fc.constant("no-uuid")],
  );

const claim = (drawing: Drawing) => fields({ artifact: artifactName(drawing), holderUid: holderUid(drawing) });

/** Only claims of holders that tests made up, so that versions keep theirs. */
const madeUpClaim = (drawing: Drawing) =>
  fields({
    artifact: artifactName(drawing),
    holderUid: fc.constantFrom(1, 2, 3).map((n) => `00000000-0000-4000-8000-00000000000${n}`),
  });

/** Mostly an artifact whose files the tenant has been told. */
const download = (drawing: Drawing) => {
  const { files } = drawing.tenant;
  const listed = known([...files.keys()], `artifacts/${"0".repeat(64)}`);
  return weighted([3, listed], [1, artifactName(drawing)]).chain((artifact) => rangeOf(artifact, files.get(artifact)));
};

function rangeOf(artifact: string, files: readonly KnownFile[] = []): fc.Arbitrary<JsonObject> {
  const paths = files.length === 0 ? ["model.onnx", "README.md", "数据.txt"] : files.map(({ path }) => path);
  const size = Number(files[0]?.sizeBytes ?? 100);
  const offset = weighted([8, fc.nat({ max: size })], [1, fc.constantFrom(size, size + 1, -1)]).map(String);
  return fields(
    {
      artifact: fc.constant(artifact),
      path: weighted([20, fc.constantFrom(...paths)], [1, fc.constantFrom("none.txt", "../x")]),
    },
    {
      offsetBytes: [40, offset],
      limitBytes: [40, fc.constantFrom("1", "10", "1048577", "0", "-1")],
      allowDangerous: [30, fc.constant(true)],
    },
  );
}

export const artifactPlans: Plans = {
  "artifact.v1.ArtifactService/GetArtifact": {
    weight: 20,
    request: (drawing) => fields({ name: artifactName(drawing) }),
  },
  "artifact.v1.ArtifactService/ListFiles": {
    weight: 25,
    request: (drawing) =>
      fields({ artifact: artifactName(drawing) }, { pageSize: pageSize(), pageToken: badPageToken() }),
  },
  "artifact.v1.ArtifactService/DownloadFile": { weight: 50, request: download },
  "artifact.v1.ArtifactService/InspectArtifact": {
    weight: 10,
    request: (drawing) => fields({ artifact: artifactName(drawing) }),
  },
  "artifact.v1.ArtifactService/CollectGarbage": {
    weight: 6,
    request: () => fields({}, { validateOnly: [50, fc.constant(true)] }),
  },
  "artifact.v1.ReferenceService/AcquireReference": { weight: 12, request: claim },
  "artifact.v1.ReferenceService/ConfirmReference": { weight: 10, request: claim },
  "artifact.v1.ReferenceService/ReleaseReference": { weight: 8, request: madeUpClaim },
  "artifact.v1.ReferenceService/ListReferences": {
    weight: 15,
    request: (drawing) =>
      fields({}, { artifact: [60, artifactName(drawing)], pageSize: pageSize(), pageToken: badPageToken() }),
  },
};
