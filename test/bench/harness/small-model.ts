import { randomBytes } from "node:crypto";
import type { Connection } from "@slipway/client";
import { uploadArtifact } from "./upload.ts";

/** Uploads a valid safetensors file of about 1 KiB with random weights; gives the artifact's name. */
export async function uploadSmallModel(connection: Connection): Promise<string> {
  const weights = randomBytes(1024);
  const header = Buffer.from(JSON.stringify({ weights: { dtype: "F32", shape: [256], data_offsets: [0, 1024] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const { artifact } = await uploadArtifact(connection, "model.safetensors", [
    Buffer.concat([length, header, weights]),
  ]);
  return artifact;
}
