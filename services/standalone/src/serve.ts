import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ProgramContext, paint } from "@slipway/cli";
import { createReflection, Health, startServer, type TlsOptions } from "@slipway/rpc";
import {
  ConfigurationError,
  createLogger,
  Lifecycle,
  type Logger,
  readServerConfiguration,
  type ServerConfiguration,
  trimWhenQuiet,
} from "@slipway/runtime";
import { firstKey } from "./bootstrap-key.ts";
import { type Composition, compose, MAX_RECEIVE_BYTES } from "./composition.ts";
import { openEngines } from "./engines.ts";
import { lockFolder } from "./folder-lock.ts";

/** Release of this server; every workspace has the same. */
const SERVER_VERSION = "0.1.0";

const DRAIN_TIMEOUT_MS = 10_000;

/** Runs the server until SIGTERM or ctrl-C. Throws ConfigurationError and FolderInUse before anything is started. */
export async function serve({ terminal }: Pick<ProgramContext, "terminal">): Promise<void> {
  const configuration = readServerConfiguration(terminal.env);
  const log = createLogger({ level: configuration.logLevel, destination: terminal.stderr });
  const lifecycle = new Lifecycle({ log, drainTimeoutMs: DRAIN_TIMEOUT_MS });
  await lifecycle.run(async () => {
    const lock = lockFolder(configuration.dataFolder);
    lifecycle.add("folder lock", { close: () => lock[Symbol.dispose]() });
    const key =
      configuration.auth === "open" ? undefined : firstKey(configuration.dataFolder, configuration.bootstrapKey);
    let address = "";
    const folders = { documentsFolder: configuration.documents.folder, objectsFolder: configuration.objects.folder };
    const engines = await openEngines(folders, log);
    lifecycle.add("engines", { close: () => engines.close() });
    const composition = compose(
      engines,
      {
        open: configuration.auth === "open",
        bootstrapKey: key?.secret,
        serviceKey: randomBytes(32).toString("base64url"),
        publicUrl: configuration.publicUrl,
        serverVersion: SERVER_VERSION,
        endpoint: () => address,
        workers: configuration.workers,
        allowPrivateHttp: configuration.allowPrivateHttp,
      },
      log,
    );
    lifecycle.add("services", { close: () => composition.stop() });
    const { host, port } = await listen(lifecycle, configuration, composition, log);
    address = `${configuration.tls === undefined ? "http" : "https"}://${host}:${port}`;
    terminal.stdout.write(banner(terminal, configuration, address, key?.file));
    const trimming = trimWhenQuiet();
    lifecycle.add("trimming of memory", { close: () => trimming[Symbol.dispose]() });
  });
}

async function listen(
  lifecycle: Lifecycle,
  configuration: ServerConfiguration,
  composition: Composition,
  log: Logger,
): Promise<{ host: string; port: number }> {
  const { host, port } = configuration.listen;
  const services = composition.bindings.map(({ service }) => service);
  const names = services.map(({ typeName }) => typeName);
  const health = new Health(names);
  const tls = tlsOf(configuration);
  await composition.start();
  const server = await startServer({
    address: `${host}:${port}`,
    bindings: [...composition.bindings, health.binding(), ...createReflection(services)],
    interceptors: composition.interceptors,
    log,
    health,
    maxReceiveBytes: MAX_RECEIVE_BYTES,
    ...(tls && { tls }),
  });
  lifecycle.add("server", { drain: (timeoutMs) => server.drain(timeoutMs), close: () => server.close() });
  health.setMissing(names, composition.notReady());
  return { host, port: server.port };
}

function tlsOf({ tls }: ServerConfiguration): TlsOptions | undefined {
  if (tls === undefined) return undefined;
  const { certificate, key, authorities } = tls;
  return {
    certificate: readSetting("SLIPWAY_TLS_CERTIFICATE", certificate),
    key: readSetting("SLIPWAY_TLS_KEY", key),
    ...(authorities === undefined ? {} : { authorities: readSetting("SLIPWAY_TLS_AUTHORITIES", authorities) }),
  };
}

function readSetting(variable: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`${variable}: ${path} cannot be read (${code}). Name a PEM file of yours.`]);
  }
}

function banner(
  terminal: ProgramContext["terminal"],
  { auth, dataFolder, listen: { port } }: ServerConfiguration,
  address: string,
  keyFile: string | undefined,
): string {
  const bold = (text: string) => paint(terminal, terminal.stdout, "bold", text);
  const access =
    auth === "open"
      ? "open: no keys are asked for, so only this machine can reach it"
      : `keys${keyFile === undefined ? "" : `: the first one is in ${keyFile}`}`;
  const elsewhere = port === 7000 ? "" : `SLIPWAY_URL=${address} `;
  const withKey = keyFile === undefined ? "" : `SLIPWAY_KEY=$(cat ${keyFile}) `;
  return `
${bold(`Slipway ${SERVER_VERSION} is ready.`)}
  address  ${address} (gRPC)
  data     ${dataFolder}
  access   ${access}

Try in another terminal:
  ${elsewhere}${withKey}npx slipway push examples/iris --model iris

`;
}
