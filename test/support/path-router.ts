import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { ServiceUrls } from "@slipway/runtime";

/** Sends each call to a service by the prefix of its path, as routers of any make do; in plaintext. */
export interface PathRouter {
  readonly url: string;
  close(): Promise<void>;
}

/** The table of docs/operations.md. */
function serviceOf(path: string, urls: ServiceUrls): string {
  if (path.startsWith("/slipway.artifact.")) return urls.artifact;
  if (path.startsWith("/slipway.workflow.")) return urls.workflow;
  return urls.metadata;
}

/** Listens on a free port. Gives a client nothing of its own: no retries, no buffering, no answers. */
export async function startPathRouter(urls: ServiceUrls): Promise<PathRouter> {
  const ways = new Map<string, ClientHttp2Session>();
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  const wayTo = (url: string): ClientHttp2Session => {
    const known = ways.get(url);
    if (known !== undefined) return known;
    const way = connect(url);
    way.on("error", () => ways.delete(url));
    ways.set(url, way);
    return way;
  };
  server.on("stream", (stream, headers) => {
    forward(stream, headers, wayTo(serviceOf(headers[":path"] ?? "", urls)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const session of [...ways.values(), ...sessions]) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, way: ClientHttp2Session): void {
  const request = way.request(headers, { endStream: false });
  let trailers: IncomingHttpHeaders = {};
  request.on("response", ({ ":status": status, ...rest }, flags) => {
    const ends = (flags & 1) === 1;
    stream.respond({ ":status": status, ...rest }, { endStream: ends, waitForTrailers: !ends });
  });
  request.on("trailers", (received) => {
    trailers = received;
  });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.on("error", () => request.destroy());
  stream.on("close", () => request.close());
  request.on("error", () => stream.destroy());
  stream.pipe(request);
  request.pipe(stream);
}
