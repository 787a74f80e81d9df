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
import { isLoopbackHost, type ListenAddress, parseHealthListen, parseListenAddress } from "./listen-address.ts";
import { readS3Credentials, type S3Credentials } from "./s3-credentials.ts";
import { readEndpoints, type ServiceUrls } from "./service-urls.ts";
import { readTlsFiles, type TlsFiles } from "./tls-files.ts";

/** What a server needs to know before it starts, whichever services it runs. */
export interface ServerConfiguration {
  /** `SLIPWAY_HOME`, default `./.slipway`; absolute. */
  home: string;
  /** `$SLIPWAY_HOME/data`. */
  dataFolder: string;
  /** `SLIPWAY_DOCUMENTS` or the file that `SLIPWAY_DOCUMENTS_FILE` names, default `sqlite:$SLIPWAY_HOME/data`. */
  documents: DocumentsLocation;
  /** `SLIPWAY_OBJECTS`, default `file:$SLIPWAY_HOME/data/objects`. */
  objects: ObjectsLocation;
  /** Present for S3 where this server uses the objects. */
  s3Credentials?: S3Credentials;
  /** `SLIPWAY_EVENTS` or the file that `SLIPWAY_EVENTS_FILE` names, default `embedded:`. */
  events: EventsLocation;
  /** `SLIPWAY_AUTH`: `open` (default, loopback only) or `keys`. */
  auth: "open" | "keys";
  /** `SLIPWAY_LISTEN`, default `127.0.0.1:7000`; port 0 takes a free one. */
  listen: ListenAddress;
  /** `SLIPWAY_HEALTH_LISTEN`: where HTTP `GET /health` answers; absent: nowhere. */
  healthListen?: ListenAddress;
  tls?: TlsFiles;
  /** `SLIPWAY_TLS_CLIENTS`: with authorities, whether clients must show a certificate of theirs (default) or none. */
  tlsClients: "required" | "none";
  /** `SLIPWAY_BOOTSTRAP_KEY`: the whole first key of a server in keys mode; absent: the server makes one. */
  bootstrapKey?: string;
  /** `SLIPWAY_PUBLIC_URL`: prefix of access URLs, default where the gateway will listen, `http://127.0.0.1:7080`. */
  publicUrl: string;
  /** `SLIPWAY_ENDPOINT_METADATA`, `…_ARTIFACT`, `…_WORKFLOW`: what clients should use; absent: what follows from the rest. */
  endpoints: Partial<ServiceUrls>;
  /** `SLIPWAY_WORKERS`: how many steps of workflows run at once, default 16; 0: events start no runs and none goes on. */
  workers: number;
  /** `SLIPWAY_COLLECT_MINUTES`: how often the artifact service gives space back, default 10; 0: only when asked. */
  collectMinutes: number;
  /** `SLIPWAY_ALLOW_PRIVATE_HTTP`: `yes` lets `http` steps reach addresses that are not public. Default `no`. */
  allowPrivateHttp: boolean;
  /** `SLIPWAY_LOG`, default `info`. */
  logLevel: LogLevel;
}

/** Reads the configuration of a server with all services. Throws a ConfigurationError that lists everything wrong. */
export function readServerConfiguration(environment: Environment): ServerConfiguration {
  const reader = new EnvironmentReader(environment);
  const configuration = readShared(reader, { listen: "127.0.0.1:7000", healthListen: "off", usesObjects: true });
  reader.finish();
  return configuration;
}

/** What differs between servers. */
interface Defaults {
  listen: string;
  /** `off`, or an address. */
  healthListen: string;
  usesObjects: boolean;
}

/** The variables that every server has. What is wrong is noted by the reader; the result counts only if nothing is. */
export function readShared(reader: EnvironmentReader, defaults: Defaults): ServerConfiguration {
  const home = resolve(reader.text("SLIPWAY_HOME") ?? ".slipway");
  const dataFolder = join(home, "data");
  const documents = reader.parsedSecret("SLIPWAY_DOCUMENTS", `sqlite:${dataFolder}`, parseDocuments);
  const objects = reader.parsed("SLIPWAY_OBJECTS", `file:${join(dataFolder, "objects")}`, parseObjects);
  const s3Credentials = defaults.usesObjects && objects?.engine === "s3" ? readS3Credentials(reader) : undefined;
  const events = reader.parsedSecret("SLIPWAY_EVENTS", "embedded:", parseEvents);
  const auth = reader.choice("SLIPWAY_AUTH", ["open", "keys"], "open");
  const listen = reader.parsed("SLIPWAY_LISTEN", defaults.listen, parseListenAddress);
  const healthListen = reader.parsed("SLIPWAY_HEALTH_LISTEN", defaults.healthListen, parseHealthListen);
  const logLevel = reader.choice("SLIPWAY_LOG", LOG_LEVELS, "info");
  const tls = readTlsFiles(reader);
  const tlsClients = reader.choice("SLIPWAY_TLS_CLIENTS", ["required", "none"], "required");
  const bootstrapKey = reader.secret("SLIPWAY_BOOTSTRAP_KEY");
  const publicUrl = reader.parsed("SLIPWAY_PUBLIC_URL", "http://127.0.0.1:7080", parsePublicUrl);
  const endpoints = readEndpoints(reader);
  const workers = reader.parsed("SLIPWAY_WORKERS", "16", parseWorkers);
  const collectMinutes = reader.parsed("SLIPWAY_COLLECT_MINUTES", "10", parseCollectMinutes);
  const allowPrivateHttp = reader.choice("SLIPWAY_ALLOW_PRIVATE_HTTP", ["no", "yes"], "no") === "yes";
  const plaintext = allowsPlaintext(reader);
  if (listen !== undefined && !isLoopbackHost(listen.host)) {
    if (auth === "open") {
      reader.problem("SLIPWAY_AUTH", "open mode is for loopback only. Use SLIPWAY_AUTH=keys, or listen on 127.0.0.1.");
    } else if (tls === undefined && !plaintext) {
      const remedy =
        "Set SLIPWAY_TLS_CERTIFICATE and SLIPWAY_TLS_KEY, or SLIPWAY_ALLOW_PLAINTEXT=yes behind a TLS proxy.";
      reader.problem("SLIPWAY_LISTEN", `keys would travel in plaintext to ${listen.host}. ${remedy}`);
    }
  }
  return {
    home,
    dataFolder,
    documents: documents as DocumentsLocation,
    objects: objects as ObjectsLocation,
    ...(s3Credentials === undefined ? {} : { s3Credentials }),
    events: events as EventsLocation,
    auth,
    listen: listen as ListenAddress,
    ...(healthListen === undefined ? {} : { healthListen }),
    ...(tls === undefined ? {} : { tls }),
    tlsClients,
    ...(bootstrapKey === undefined ? {} : { bootstrapKey }),
    publicUrl: publicUrl as string,
    endpoints,
    workers: workers as number,
    collectMinutes: collectMinutes as number,
    allowPrivateHttp,
    logLevel,
  };
}

/** `SLIPWAY_ALLOW_PLAINTEXT`: `yes` lets keys travel without TLS off loopback. Default `no`. */
export function allowsPlaintext(reader: EnvironmentReader): boolean {
  return reader.choice("SLIPWAY_ALLOW_PLAINTEXT", ["no", "yes"], "no") === "yes";
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

function parseCollectMinutes(text: string): number {
  const minutes = Number(text);
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > 1440) {
    throw new Error(`"${text}" is no number of minutes. Use 1 to 1440, or 0 for never.`);
  }
  return minutes;
}
