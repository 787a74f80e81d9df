import { randomBytes } from "node:crypto";
import http from "node:http";
import { S3Signer } from "./s3/signer.ts";

const signer = new S3Signer({
  endpoint: "http://127.0.0.1:19301",
  accessKey: "slipway",
  secretKey: "slipway-secret",
  region: "us-east-1",
  clock: { nowMs: () => Date.now() },
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });
const size = 1 << 20,
  n = 256,
  par = Number(process.argv[2] ?? 8);
const body = randomBytes(size);
const tag = Date.now().toString(36);
const put = (i: number) =>
  new Promise<void>((res, rej) => {
    const r = http.request(
      {
        ...signer.signed({
          method: "PUT",
          bucket: "slip-platform",
          key: `raw/${tag}/${i}`,
          headers: { "content-length": String(size) },
        }),
        agent,
      },
      (m) => {
        m.resume().on("end", () => (m.statusCode === 200 ? res() : rej(new Error(String(m.statusCode)))));
      },
    );
    r.on("error", rej);
    r.end(body);
  });
let i = 0;
const t = performance.now();
await Promise.all(
  Array.from({ length: par }, async () => {
    while (i < n) await put(i++);
  }),
);
console.log("raw parallel PUT", par, ((n * 1000) / (performance.now() - t)).toFixed(0), "MiB/s");
agent.destroy();
