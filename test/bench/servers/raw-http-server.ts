import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

// The yardstick of bytes: PUT writes a file and syncs it before it answers, GET sends it. Nothing is verified.
const [folder = "."] = process.argv.slice(2);
const PIECE_BYTES = 1024 * 1024;

const server = createServer(async (request, response) => {
  const path = join(folder, "raw-stored");
  try {
    if (request.method === "PUT") {
      await pipeline(request, createWriteStream(path, { highWaterMark: PIECE_BYTES, flush: true }));
      response.end();
    } else {
      response.setHeader("content-length", (await stat(path)).size);
      await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), response);
    }
  } catch (error) {
    console.error(error);
    response.destroy();
  }
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
