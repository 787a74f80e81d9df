import { bind, startServer } from "@slipway/rpc";
import { EchoService, echoHandlers } from "@slipway/rpc/testing";
import { silentLogger } from "@slipway/runtime";

// The yardstick of calls: the same server, codec and validation, and a handler that does nothing.
const server = await startServer({
  address: "127.0.0.1:0",
  bindings: [bind(EchoService, echoHandlers)],
  interceptors: [],
  log: silentLogger,
});
process.stdout.write(`http://${server.address}\n`);
