import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connectionOver } from "@slipway/client";
import { MAX_RECEIVE_BYTES } from "@slipway/hosting";
import { createInProcessTransport, type RunningServer, startServer, type Transport } from "@slipway/rpc";
import { readServerConfiguration, silentLogger } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { type CompositionSettings, compose } from "@slipway/standalone/composition";
import { type Engines, openEngines } from "@slipway/standalone/engines";

const ENDPOINT = "http://127.0.0.1:7000";

/** All services in the test's own process, so that a test can stand between them and their engines. */
export interface ComposedServer {
  /** A transport that shows the key, or none, and other headers. */
  transport(key?: string, headers?: Record<string, string>): Transport;
  connect(key?: string): Connection;
  /** Serves it on the network too, on a free port, for programs of their own. */
  listen(): Promise<RunningServer>;
  /** In keys mode. */
  bootstrapKey: string;
  serviceKey: string;
  stop(): Promise<void>;
}

export interface ComposeOptions {
  /** Which engines: SLIPWAY_DOCUMENTS and so on. Default: embedded ones, in a folder that goes with the server. */
  environment?: Record<string, string>;
  settings?: Partial<CompositionSettings>;
  /** Puts something between the services and their engines. */
  wrap?(engines: Engines): Engines;
}

export async function startComposed({ environment, settings, wrap }: ComposeOptions = {}): Promise<ComposedServer> {
  const home = await mkdtemp(join(tmpdir(), "slipway-composed-"));
  const engines = await openEngines(readServerConfiguration({ SLIPWAY_HOME: home, ...environment }), silentLogger);
  await until("the engines serve", () => {
    const { missing, degraded } = engines.find();
    return missing.length + degraded.length === 0;
  });
  const bootstrapKey = `slw_${randomBytes(16).toString("hex")}_${randomBytes(32).toString("base64url")}`;
  const serviceKey = randomBytes(32).toString("base64url");
  const composition = compose(
    wrap?.(engines) ?? engines,
    {
      open: false,
      bootstrapKey,
      serviceKey,
      publicUrl: "http://127.0.0.1:7080",
      serverVersion: "0.1.0",
      endpoints: () => ({ metadata: ENDPOINT, artifact: ENDPOINT, workflow: ENDPOINT }),
      workers: 8,
      collectMinutes: 0,
      allowPrivateHttp: false,
      ...settings,
    },
    silentLogger,
  );
  await composition.start();
  const { bindings, interceptors } = composition;
  const serving = { bindings, interceptors, log: silentLogger, maxReceiveBytes: MAX_RECEIVE_BYTES };
  const transportWith = (key?: string, others: Record<string, string> = {}): Transport => {
    const transport = createInProcessTransport(serving);
    const headers = { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...others };
    return {
      unary: (method, request, options) => transport.unary(method, request, { ...options, headers }),
      stream: (method, requests, options) => transport.stream(method, requests, { ...options, headers }),
      close: () => transport.close(),
    };
  };
  return {
    bootstrapKey,
    serviceKey,
    transport: transportWith,
    connect: (key) => connectionOver("in-process", transportWith(key)),
    listen: () => startServer({ address: "127.0.0.1:0", ...serving }),
    stop: async () => {
      await composition.stop();
      await engines.close();
      await rm(home, { recursive: true });
    },
  };
}
