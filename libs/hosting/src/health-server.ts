import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ListenAddress } from "@slipway/runtime";
import type { Readiness } from "./readiness.ts";
import { SERVER_VERSION } from "./release.ts";

export interface HealthServerOptions {
  address: ListenAddress;
  /** Take any free port where this one is taken. */
  anyPort: boolean;
  readiness: Readiness;
}

export interface HealthServer {
  /** `http://host:port/health` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers HTTP `GET /health` for load balancers and people: 200 while the process serves, else 503, and what is missing
 * as JSON. No key is asked for and nothing about tenants is told.
 */
export async function startHealthServer({ address, anyPort, readiness }: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://host");
    const reading = request.method === "GET" || request.method === "HEAD";
    if (pathname !== "/health" || !reading) {
      response.writeHead(reading ? 404 : 405, { "content-type": "text/plain" }).end("Ask for GET /health.\n");
      return;
    }
    const report = readiness.report();
    const code = report.status === "NOT_SERVING" ? 503 : 200;
    response.writeHead(code, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(`${JSON.stringify({ ...report, version: SERVER_VERSION })}\n`);
  });
  const host = address.host.replace(/^\[|\]$/g, "");
  const listen = async (port: number): Promise<void> => {
    server.listen(port, host);
    await once(server, "listening");
  };
  try {
    await listen(address.port);
  } catch (error) {
    if (!anyPort || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    await listen(0);
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host}:${port}/health`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
