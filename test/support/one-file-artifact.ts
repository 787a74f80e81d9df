import type { Connection } from "@slipway/client";

/** The name of an artifact of one small file, made through a simple upload. */
export async function oneFileArtifact({ uploads }: Connection, content: string): Promise<string> {
  const { upload } = await uploads.startUpload({});
  const name = upload?.name ?? "";
  await uploads.uploadFile(
    (async function* () {
      yield { content: { case: "header" as const, value: { upload: name, path: "model.txt" } } };
      yield { content: { case: "data" as const, value: Buffer.from(content) } };
    })(),
  );
  return (await uploads.completeUpload({ upload: name })).artifact?.name ?? "";
}
