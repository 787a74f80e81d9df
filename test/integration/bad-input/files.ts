import { randomUUID } from "node:crypto";
import type { BadInputCase } from "./bad-input-case.ts";
import { sendFile, startUpload } from "./send-file.ts";

const BYTES = Buffer.from("bytes");
const OTHER_SHA256 = "0".repeat(64);

const PATH_ADVICE = "Use relative NFC paths with / between their parts, distinct without regard to case.";

const path = (value: string, problem: string, shown = value): BadInputCase => ({
  what: `a file at ${JSON.stringify(value)}`,
  call: async ({ connection }) => sendFile(connection, { upload: await startUpload(connection), path: value }, BYTES),
  error: "INVALID_ARGUMENT PATH_INVALID",
  text: `The path "${shown}" cannot be stored: ${problem}. ${PATH_ADVICE}`,
  fields: ["header.path"],
});

const clash = (first: string, second: string, problem: string): BadInputCase => ({
  what: `files at ${first} and ${second}`,
  call: async ({ connection }) => {
    const upload = await startUpload(connection);
    for (const each of [first, second]) await sendFile(connection, { upload, path: each }, BYTES);
    await connection.uploads.completeUpload({ upload });
  },
  error: "INVALID_ARGUMENT PATH_INVALID",
  text: `The path "${second}" cannot be stored: ${problem}. ${PATH_ADVICE}`,
  fields: ["upload"],
});

/** Paths, bytes, and what is made of them. */
export const FILES: readonly BadInputCase[] = [
  path("/etc/passwd", "it is absolute: give it relative to the pushed folder"),
  path("a/../b", 'it has a part "." or "..": give the path without them'),
  path("./a", 'it has a part "." or "..": give the path without them'),
  path("a\\b", 'it has a backslash: separate folders by "/", or rename the file'),
  path("a\u0000b", "it has a control character: rename the file", "a\\u{0}b"),
  path("e\u0301.txt", "it is not in Unicode normalization form C: convert it to NFC"),
  path("a//b", 'it has an empty part: use single "/", and none at the end'),
  clash(
    "README.md",
    "Readme.md",
    'the paths "README.md" and "Readme.md" differ only in case, so some disks cannot hold both: rename one of them',
  ),
  clash("a", "a/b", '"a" is a file and also the folder of "a/b": rename one of them'),
  {
    what: "bytes of another SHA-256",
    call: async ({ connection }) =>
      sendFile(connection, { upload: await startUpload(connection), path: "f", sha256: OTHER_SHA256 }, BYTES),
    error: "INVALID_ARGUMENT FILE_DIGEST_MISMATCH",
    text: /^The bytes of f have the SHA-256 [0-9a-f]{64}, not 0{64}\. Send the file again\.$/,
    fields: ["header.sha256"],
  },
  {
    what: "a SHA-256 that is none",
    call: async ({ connection }) =>
      sendFile(connection, { upload: await startUpload(connection), path: "f", sha256: "abc" }, BYTES),
    error: "INVALID_ARGUMENT REQUEST_INVALID",
    text: "The request is invalid: header.sha256 is not a SHA-256 of 64 lower-case hexadecimal digits. Correct the listed fields and send it again.",
    fields: ["header.sha256"],
  },
  {
    what: "more bytes than were announced",
    call: async ({ connection }) =>
      sendFile(connection, { upload: await startUpload(connection), path: "f", sizeBytes: 4n }, BYTES),
    error: "INVALID_ARGUMENT FILE_SIZE_MISMATCH",
    text: "f has 5 bytes, not 4. Send the file again.",
    fields: ["header.size_bytes"],
  },
  {
    what: "fewer bytes than were announced",
    call: async ({ connection }) =>
      sendFile(connection, { upload: await startUpload(connection), path: "f", sizeBytes: 6n }, BYTES),
    error: "INVALID_ARGUMENT FILE_SIZE_MISMATCH",
    text: "f has 5 bytes, not 6. Send the file again.",
    fields: ["header.size_bytes"],
  },
  {
    what: "an offset in a file that has not begun",
    call: async ({ connection }) =>
      sendFile(connection, { upload: await startUpload(connection), path: "f", offsetBytes: 3n }, BYTES),
    error: "INVALID_ARGUMENT UPLOAD_OFFSET_MISMATCH",
    text: "f cannot continue at 3; 0 bytes of it are durable. Send from there, or from 0.",
    fields: ["header.offset_bytes"],
  },
  {
    what: "bytes before the header of their file",
    call: ({ connection }) => connection.uploads.uploadFile(bytesAlone()),
    error: "INVALID_ARGUMENT UPLOAD_HEADER_MISSING",
    text: "The first message of UploadFile must be a header, and only the first: bytes came first. Send the header first.",
    fields: ["header"],
  },
  {
    what: "a known file at a path that no artifact may have",
    call: async ({ connection }) => {
      const files = ["f", "../f"].map((path) => ({ path, sha256: OTHER_SHA256, sizeBytes: 1n }));
      await connection.uploads.findMissingFiles({ upload: await startUpload(connection), files });
    },
    error: "INVALID_ARGUMENT PATH_INVALID",
    text: /^The path "\.\.\/f" cannot be stored: /,
    fields: ["files[1].path"],
  },
  {
    what: "a file in an upload whose name is none",
    call: ({ connection }) => sendFile(connection, { upload: "uploads/mine", path: "f" }, BYTES),
    error: "INVALID_ARGUMENT RESOURCE_NAME_INVALID",
    text: /^"uploads\/mine" is not a valid name here: "mine" is not a uid/,
    fields: ["header.upload"],
  },
  {
    what: "an upload that is completed without files",
    call: async ({ connection }) => connection.uploads.completeUpload({ upload: await startUpload(connection) }),
    error: "FAILED_PRECONDITION UPLOAD_EMPTY",
    text: /^uploads\/\S+ has no files\. Upload at least one, then complete it\.$/,
  },
  {
    what: "an upload that is completed as another artifact",
    call: async ({ connection }) => {
      const upload = await startUpload(connection);
      await sendFile(connection, { upload, path: "f" }, BYTES);
      await connection.uploads.completeUpload({ upload, artifactDigest: OTHER_SHA256 });
    },
    error: "INVALID_ARGUMENT ARTIFACT_DIGEST_MISMATCH",
    text: /^The files make the artifact [0-9a-f]{64}, not 0{64}\. Check which files were uploaded\.$/,
    fields: ["artifact_digest"],
  },
  {
    what: "an upload that is not there",
    call: ({ connection }) => sendFile(connection, { upload: `uploads/${randomUUID()}`, path: "f" }, BYTES),
    error: "NOT_FOUND UPLOAD_NOT_FOUND",
    text: /^There is no uploads\/\S+\. It may have expired; start a new upload\.$/,
  },
  {
    what: "a file that the artifact has not",
    call: ({ connection, artifact }) => received(connection.artifacts.downloadFile({ artifact, path: "other.onnx" })),
    error: "NOT_FOUND FILE_NOT_FOUND",
    text: /^artifacts\/[0-9a-f]{64} has no file other\.onnx\. List its files with ListFiles\.$/,
  },
  {
    what: "an offset behind the end of a file",
    call: ({ connection, artifact }) =>
      received(connection.artifacts.downloadFile({ artifact, path: "README.md", offsetBytes: 1_000_000n })),
    error: "OUT_OF_RANGE RANGE_INVALID",
    text: /^The offset 1000000 lies outside of README\.md, which has \d+ bytes\. Ask for a range inside\.$/,
  },
  {
    what: "an artifact that nobody pushed",
    call: ({ connection }) =>
      connection.versions.createVersion({ parent: "models/iris", artifact: `artifacts/${OTHER_SHA256}` }),
    error: "NOT_FOUND ARTIFACT_NOT_FOUND",
    text: /^There is no artifacts\/0{64} that you can see\. Check the digest, or push the files\.$/,
  },
  {
    what: "an artifact of another tenant",
    call: ({ stranger, artifact }) => stranger.artifacts.getArtifact({ name: artifact }),
    error: "NOT_FOUND ARTIFACT_NOT_FOUND",
    text: /^There is no artifacts\/[0-9a-f]{64} that you can see\./,
  },
];

async function* bytesAlone() {
  yield { content: { case: "data" as const, value: BYTES } };
}

/** Takes all messages of a server stream. */
async function received(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}
