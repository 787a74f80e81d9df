import { logVerbosity, Server, setLogVerbosity } from "@grpc/grpc-js";
import { fail } from "./fail.ts";
import { serverCredentials } from "./grpc/credentials.ts";
import { type Keepalive, keepaliveOptions } from "./grpc/keepalive.ts";
import { definitionOf, implementationOf } from "./grpc/methods.ts";
import { widenWindows } from "./grpc/windows.ts";
import type { Health } from "./health.ts";
import { DEFAULT_MAX_RECEIVE_BYTES } from "./limits.ts";
import type { ServingOptions } from "./server-options.ts";
import { Calls } from "./serving/calls.ts";
import { createEndpoints } from "./serving/endpoints.ts";
import { within } from "./serving/within.ts";
import type { TlsOptions } from "./tls.ts";

export interface ServerOptions extends ServingOptions {
  /** Host and port; port 0 takes a free one. */
  address: string;
  /** Without it the server speaks plaintext. */
  tls?: TlsOptions;
  /** Told to answer NOT_SERVING when the server drains. */
  health?: Health;
  /** When a client counts as dead; by default after 20 to 30 seconds without an answer. */
  keepalive?: Keepalive;
}

export interface RunningServer {
  /** Host and port that the server listens on. */
  readonly address: string;
  readonly port: number;
  /**
   * Says NOT_SERVING, takes no more connections, ends streams that heed `context.draining`, waits up to `timeoutMs` for
   * the calls that run, then closes. Tells how many calls it had to cut off.
   */
  drain(timeoutMs: number): Promise<number>;
  /** Cancels every call and ends every connection. */
  close(): Promise<void>;
}

/** How long cancelled handlers have to clean up before the server counts as closed, in milliseconds. */
const CLEAN_UP_TIMEOUT_MS = 2_000;

// What matters of grpc-js's own lines on standard error comes back as errors; whoever asks for them gets them.
if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE);

/** Serves bindings over HTTP/2. Rejects when the address cannot be taken or an interceptor refuses a method. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { address, tls, health, maxReceiveBytes = DEFAULT_MAX_RECEIVE_BYTES } = options;
  const calls = new Calls(options);
  const server = new Server({
    "grpc.max_receive_message_length": maxReceiveBytes,
    "grpc.max_send_message_length": -1,
    "grpc.enable_channelz": 0,
    ...keepaliveOptions(options.keepalive),
  });
  for (const endpoint of createEndpoints(options).values()) {
    const name = endpoint.method.name;
    server.addService({ [name]: definitionOf(endpoint) }, { [name]: implementationOf(endpoint, calls) });
  }
  const port = await listen(server, address, tls);
  const sessions = widenWindows(server);

  const close = async (): Promise<void> => {
    calls.cancelAll(fail("SERVER_DRAINING"));
    server.forceShutdown();
    for (const session of sessions) session.destroy();
    await within(CLEAN_UP_TIMEOUT_MS, calls.idle());
  };
  return {
    address: `${address.slice(0, address.lastIndexOf(":"))}:${port}`,
    port,
    close,
    drain: async (timeoutMs) => {
      health?.drain();
      calls.drain();
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      const ended = await within(timeoutMs, Promise.all([closed, calls.idle()]));
      const cutOff = ended ? 0 : calls.count;
      await close();
      return cutOff;
    },
  };
}

function listen(server: Server, address: string, tls: TlsOptions | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, serverCredentials(tls), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
