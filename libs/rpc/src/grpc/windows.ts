import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Server } from "@grpc/grpc-js";
import { STREAM_WINDOW_BYTES } from "../limits.ts";

/**
 * Lets clients send ahead of the server's reading by 8 MiB on each stream and connection. grpc-js has an option for
 * clients only, and no way to its HTTP/2 servers but this map of its own; the suite proves that it still works.
 * Returns the sessions that are open, kept up to date.
 */
export function widenWindows(server: Server): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  const http2Servers: unknown = Reflect.get(server, "http2Servers");
  if (!(http2Servers instanceof Map)) throw new TypeError("this version of grpc-js hides its HTTP/2 servers");
  for (const http2Server of (http2Servers as Map<Http2Server, unknown>).keys()) {
    http2Server.on("session", (session) => {
      sessions.add(session);
      session.once("close", () => sessions.delete(session));
      session.settings({ initialWindowSize: STREAM_WINDOW_BYTES });
      session.setLocalWindowSize(STREAM_WINDOW_BYTES);
    });
  }
  return sessions;
}
