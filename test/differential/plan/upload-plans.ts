import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { CONTENTS, contentNamed } from "../contents.ts";
import type { Piece, Sending } from "../operation.ts";
import { badPageToken, fields, known, NO_UID, pageSize, requestId, spelled, weighted } from "./draw.ts";
import type { Drawing, Plans } from "./plan.ts";

const PATHS = [
  "model.onnx",
  "weights/model.safetensors",
  "README.md",
  "数据.txt",
  "\u{1f600}.bin",
  "a b/c.pkl",
  "caf\u00e9",
];
const BAD_PATHS = ["/absolute", "../up", "a\\b", "cafe\u0301", "a//b", "README.MD", "a\u0000", "x".repeat(1025)];
const NO_DIGEST = "0".repeat(64);

const path = weighted([15, fc.constantFrom(...PATHS)], [1, fc.constantFrom(...BAD_PATHS)]);
const small = [...CONTENTS.keys()].filter((name) => !name.startsWith("several"));
const contentName = weighted(
  [12, fc.constantFrom(...small)],
  [1, fc.constantFrom("several chunks", "several chunks, other end")],
);

/** Mostly one of the last that take files. */
const uploadName = ({ tenant, other, principal, administrates }: Drawing) => {
  const own = [...tenant.openUploads].filter(([, creator]) => administrates || creator === principal);
  return spelled(
    tenant,
    weighted(
      [20, known(own.map(([name]) => name).slice(-2), `uploads/${NO_UID}`)],
      [2, known(tenant.uploads, `uploads/${NO_UID}`)],
      [1, known(other.uploads, "uploads/x")],
    ),
  );
};

/** The bytes in order, in one to four pieces. */
function inPieces(content: string): fc.Arbitrary<Piece[]> {
  const { length } = contentNamed(content).bytes;
  return fc.array(fc.nat({ max: length }), { maxLength: 3 }).map((cuts) => {
    const ends = [...new Set([...cuts, length])].sort((one, other) => one - other);
    return ends.map((to, index) => ({ content, from: ends[index - 1] ?? 0, to }));
  });
}

function headerOf(drawing: Drawing, content: string): fc.Arbitrary<JsonObject> {
  const { bytes, sha256 } = contentNamed(content);
  const size = String(bytes.length);
  return fields(
    { upload: uploadName(drawing), path },
    {
      sizeBytes: [40, weighted([10, fc.constant(size)], [1, fc.constantFrom("0", "7", "9000000")])],
      sha256: [40, weighted([10, fc.constant(sha256)], [1, fc.constantFrom(NO_DIGEST, "short")])],
      offsetBytes: [5, fc.constantFrom("0", "1", size, "-1")],
    },
  );
}

function sendingOf(drawing: Drawing): fc.Arbitrary<Sending> {
  return contentName.chain((content) =>
    fc.record({
      header: weighted<JsonObject | undefined>([40, headerOf(drawing, content)], [1, fc.constant(undefined)]),
      pieces: inPieces(content),
      resumes: weighted([12, fc.constant(false)], [1, fc.constant(true)]),
    }),
  );
}

const missingFile = fc.tuple(path, contentName).chain(([name, content]) => {
  const { bytes, sha256 } = contentNamed(content);
  return fields({
    path: fc.constant(name),
    sizeBytes: weighted([12, fc.constant(String(bytes.length))], [1, fc.constantFrom("1", "-1")]),
    sha256: weighted([12, fc.constant(sha256)], [1, fc.constantFrom(NO_DIGEST, "short")]),
  });
});

export const uploadPlans: Plans = {
  "artifact.v1.UploadService/StartUpload": { weight: 40, request: () => fields({}, { requestId: requestId() }) },
  "artifact.v1.UploadService/GetUpload": {
    weight: 20,
    request: (drawing) => fields({ name: uploadName(drawing) }, { pageSize: pageSize(), pageToken: badPageToken() }),
  },
  "artifact.v1.UploadService/FindMissingFiles": {
    weight: 20,
    request: (drawing) =>
      fields({
        upload: uploadName(drawing),
        files: fc.array(missingFile, { minLength: 1, maxLength: 3 }),
      }),
  },
  "artifact.v1.UploadService/UploadFile": { weight: 70, request: () => fields({}), sending: sendingOf },
  "artifact.v1.UploadService/CompleteUpload": {
    weight: 35,
    request: (drawing) =>
      fields({ upload: uploadName(drawing) }, { artifactDigest: [5, fc.constantFrom(NO_DIGEST, "short")] }),
  },
  "artifact.v1.UploadService/AbortUpload": {
    weight: 5,
    request: (drawing) => fields({ name: uploadName(drawing) }),
  },
};
