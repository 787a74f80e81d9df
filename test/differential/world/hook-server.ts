import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What `http` steps call. Both worlds call the same server: the address is part of a definition's digest. */
export interface HookServer {
  url: string;
  /** Uids of the runs with a step that is not answered: `/hold` waits until its run is cancelled. */
  readonly held: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Answers `/ok` with 200, `/refuse` with 400, and `/hold` never. */
export async function startHookServer(): Promise<HookServer> {
  const held = new Set<string>();
  const server = createServer((request, response) => {
    request.resume();
    const [run = ""] = String(request.headers["idempotency-key"]).split("/");
    if (request.url === "/hold") {
      held.add(run);
      response.on("close", () => held.delete(run));
      return;
    }
    response.writeHead(request.url === "/ok" ? 200 : 400, { "content-type": "application/json" });
    response.end(JSON.stringify({ said: request.url, 也: "好" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
