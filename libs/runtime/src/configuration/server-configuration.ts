import { join, resolve } from "node:path";
import { LOG_LEVELS, type LogLevel } from "../create-logger.ts";
import {
  type DocumentsLocation,
  type EventsLocation,
  type ObjectsLocation,
  parseDocuments,
  parseEvents,
  parseObjects,
} from "./engines.ts";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";
import { isLoopbackHost, type ListenAddress, parseListenAddress } from "./listen-address.ts";

/** What a server needs to know before it starts. */
export interface ServerConfiguration {
  /** `SLIPWAY_HOME`, default `./.slipway`; absolute. */
  home: string;
  /** `$SLIPWAY_HOME/data`. */
  dataFolder: string;
  /** `SLIPWAY_DOCUMENTS`, default `sqlite:$SLIPWAY_HOME/data`. */
  documents: DocumentsLocation;
  /** `SLIPWAY_OBJECTS`, default `file:$SLIPWAY_HOME/data/objects`. */
  objects: ObjectsLocation;
  /** `SLIPWAY_EVENTS`, default `embedded:`. */
  events: EventsLocation;
  /** `SLIPWAY_AUTH`: `open` (default, loopback only) or `keys`. */
  auth: "open" | "keys";
  /** `SLIPWAY_LISTEN`, default `127.0.0.1:7000`; port 0 takes a free one. */
  listen: ListenAddress;
  /** `SLIPWAY_TLS_CERTIFICATE`, `SLIPWAY_TLS_KEY`, `SLIPWAY_TLS_AUTHORITIES`: paths of PEM files. */
  tls?: TlsFiles;
  /** `SLIPWAY_BOOTSTRAP_KEY`: the whole first key of a server in keys mode; absent: the server makes one. */
  bootstrapKey?: string;
  /** `SLIPWAY_PUBLIC_URL`: prefix of access URLs, default where the gateway will listen, `http://127.0.0.1:7080`. */
  publicUrl: string;
  /** `SLIPWAY_WORKERS`: how many steps of workflows run at once, default 16; 0 pauses them. */
  workers: number;
  /** `SLIPWAY_ALLOW_PRIVATE_HTTP`: `yes` lets `http` steps reach addresses that are not public. Default `no`. */
  allowPrivateHttp: boolean;
  /** `SLIPWAY_LOG`, default `info`. */
  logLevel: LogLevel;
}

export interface TlsFiles {
  certificate: string;
  key: string;
  authorities?: string;
}

/** Reads the configuration of a server. Throws a ConfigurationError that lists everything that is wrong. */
export function readServerConfiguration(environment: Environment): ServerConfiguration {
  const reader = new EnvironmentReader(environment);
  const home = resolve(reader.text("SLIPWAY_HOME") ?? ".slipway");
  const dataFolder = join(home, "data");
  const documents = reader.parsed("SLIPWAY_DOCUMENTS", `sqlite:${dataFolder}`, parseDocuments);
  const objects = reader.parsed("SLIPWAY_OBJECTS", `file:${join(dataFolder, "objects")}`, parseObjects);
  const events = reader.parsed("SLIPWAY_EVENTS", "embedded:", parseEvents);
  const auth = reader.choice("SLIPWAY_AUTH", ["open", "keys"], "open");
  const listen = reader.parsed("SLIPWAY_LISTEN", "127.0.0.1:7000", parseListenAddress);
  const logLevel = reader.choice("SLIPWAY_LOG", LOG_LEVELS, "info");
  const plaintext = reader.choice("SLIPWAY_ALLOW_PLAINTEXT", ["no", "yes"], "no");
  const tls = tlsFiles(reader);
  const bootstrapKey = reader.text("SLIPWAY_BOOTSTRAP_KEY");
  const publicUrl = reader.parsed("SLIPWAY_PUBLIC_URL", "http://127.0.0.1:7080", parsePublicUrl);
  const workers = reader.parsed("SLIPWAY_WORKERS", "16", parseWorkers);
  const allowPrivateHttp = reader.choice("SLIPWAY_ALLOW_PRIVATE_HTTP", ["no", "yes"], "no") === "yes";
  if (listen !== undefined && !isLoopbackHost(listen.host)) {
    if (auth === "open") {
      reader.problem("SLIPWAY_AUTH", "open mode is for loopback only. Use SLIPWAY_AUTH=keys, or listen on 127.0.0.1.");
    } else if (tls === undefined && plaintext === "no") {
      const remedy =
        "Set SLIPWAY_TLS_CERTIFICATE and SLIPWAY_TLS_KEY, or SLIPWAY_ALLOW_PLAINTEXT=yes behind a TLS proxy.";
      reader.problem("SLIPWAY_LISTEN", `keys would travel in plaintext to ${listen.host}. ${remedy}`);
    }
  }
  reader.finish();
  return {
    home,
    dataFolder,
    documents: documents as DocumentsLocation,
    objects: objects as ObjectsLocation,
    events: events as EventsLocation,
    auth,
    listen: listen as ListenAddress,
    ...(tls === undefined ? {} : { tls }),
    ...(bootstrapKey === undefined ? {} : { bootstrapKey }),
    publicUrl: publicUrl as string,
    workers: workers as number,
    allowPrivateHttp,
    logLevel,
  };
}

function parsePublicUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new Error(`"${text}" is no URL. Use http://host or https://host, with a path if need be.`);
  }
  return text.replace(/\/+$/, "");
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 0 || workers > 1000) {
    throw new Error(`"${text}" is no number of workers. Use 0 to 1000.`);
  }
  return workers;
}

function tlsFiles(reader: EnvironmentReader): TlsFiles | undefined {
  const certificate = reader.text("SLIPWAY_TLS_CERTIFICATE");
  const key = reader.text("SLIPWAY_TLS_KEY");
  const authorities = reader.text("SLIPWAY_TLS_AUTHORITIES");
  if (certificate === undefined && key === undefined && authorities === undefined) return undefined;
  if (certificate === undefined) reader.problem("SLIPWAY_TLS_CERTIFICATE", "is missing beside the other TLS settings.");
  if (key === undefined) reader.problem("SLIPWAY_TLS_KEY", "is missing beside the other TLS settings.");
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate, key, ...(authorities === undefined ? {} : { authorities }) };
}
