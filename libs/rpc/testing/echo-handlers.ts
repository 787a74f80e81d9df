import type { Handlers } from "../src/handlers.ts";
import type { EchoService } from "./echo_pb.js";

/** Handlers that do what the comments of echo.proto say. */
export const echoHandlers: Handlers<typeof EchoService> = {
  echo: async ({ text }) => ({ text }),
  repeat: async function* ({ text, count, paddingBytes }) {
    const padding = new Uint8Array(paddingBytes);
    for (let index = 0; count === 0 || index < count; index++) yield { text, index, padding };
  },
  collect: async (requests) => {
    let sum = 0n;
    let count = 0;
    for await (const { value } of requests) {
      sum += BigInt(value);
      count++;
    }
    return { sum, count };
  },
  converse: async function* (requests) {
    for await (const { text } of requests) yield { text };
  },
  upload: async (requests) => {
    let sizeBytes = 0n;
    for await (const { part } of requests) if (part.case === "data") sizeBytes += BigInt(part.value.byteLength);
    return { sizeBytes };
  },
  download: async function* ({ sizeBytes, pieceBytes }) {
    const piece = new Uint8Array(pieceBytes);
    for (let left = Number(sizeBytes); left > 0; left -= pieceBytes) {
      yield { data: left < pieceBytes ? piece.subarray(0, left) : piece };
    }
  },
};
