import { silentLogger } from "@slipway/runtime";
import type { Client } from "../src/client.ts";
import { createClient } from "../src/client.ts";
import { createGrpcTransport } from "../src/grpc-transport.ts";
import { bind, type Handlers } from "../src/handlers.ts";
import { createInProcessTransport } from "../src/in-process-transport.ts";
import { startServer } from "../src/server.ts";
import type { ServingOptions } from "../src/server-options.ts";
import type { Transport } from "../src/transport.ts";
import { EchoService } from "./echo_pb.js";
import { echoHandlers } from "./echo-handlers.ts";

type EchoClient = Client<typeof EchoService>;
type EchoHandlers = Handlers<typeof EchoService>;

/** Serves the echo service, with some handlers replaced, until the test is over. */
export type Start = (handlers?: Partial<EchoHandlers>, options?: Partial<ServingOptions>) => Promise<EchoClient>;

/** Makes a transport to a server with these options and says how to end both. */
type Open = (options: ServingOptions) => Promise<{ transport: Transport; close: () => Promise<void> }>;

const OPEN: Readonly<Record<string, Open>> = {
  "over HTTP/2": async (options) => {
    const server = await startServer({ ...options, address: "127.0.0.1:0" });
    const transport = createGrpcTransport({ url: `http://${server.address}` });
    const close = async () => {
      transport.close();
      await server.close();
    };
    return { transport, close };
  },
  "in process": async (options) => {
    const transport = createInProcessTransport(options);
    return { transport, close: async () => transport.close() };
  },
};

/** Runs the same tests on every transport. */
export function onEachTransport(title: string, tests: (start: Start) => void): void {
  for (const [name, open] of Object.entries(OPEN)) {
    describe(`${title}, ${name}`, () => {
      const opened: { close: () => Promise<void> }[] = [];
      afterEach(async () => {
        for (const each of opened.splice(0).reverse()) await each.close();
      });
      tests(async (handlers = {}, options = {}) => {
        const bindings = [bind(EchoService, { ...echoHandlers, ...handlers })];
        const connection = await open({ bindings, interceptors: [], log: silentLogger, ...options });
        opened.push(connection);
        return createClient(EchoService, connection.transport);
      });
    });
  }
}
