import { resolve } from "node:path";

/** Where documents live: one database per service, in files of a folder or on a MongoDB replica set. */
export type DocumentsLocation =
  | { engine: "sqlite"; folder: string }
  /** `url` without a path; the databases are `{prefix}-metadata`, `{prefix}-artifact` and `{prefix}-workflow`. */
  | { engine: "mongodb"; url: string; prefix: string };

/** Where objects live: files, or one S3 bucket per tenant, `{bucketPrefix}-{tenant uid}`. */
export type ObjectsLocation =
  | { engine: "file"; folder: string }
  /** `endpoint` is `http://host:port` or `https://host`. The credentials have variables of their own. */
  | { engine: "s3"; endpoint: string; region: string; bucketPrefix: string };

/** What wakes the consumers of events. */
export type EventsLocation = { engine: "embedded" } | { engine: "nats"; url: string };

/** S3's own default, which MinIO shares. */
const DEFAULT_REGION = "us-east-1";
/** MongoDB's bound of 63 bytes on a database's name, less the longest `-metadata`. */
const DATABASE_PREFIX = /^[a-z0-9][a-z0-9_-]{0,53}$/;
/** S3's bound of 63 characters on a bucket's name, less `-` and a tenant's uid of 36. */
const BUCKET_PREFIX = /^[a-z0-9][a-z0-9-]{0,25}$/;
/** Not URLs for Node: the host may be a list. */
const NATS_FORM = /^(nats|tls):\/\/[^/?#\s]+$/;
const MONGODB_FORM = /^(mongodb(?:\+srv)?:\/\/[^/?#\s]+)(?:\/([^/?#]*))?(\?[^#\s]*)?$/;

/** `sqlite:FOLDER`, relative to the working folder, or `mongodb://…`. Throws an Error in words for anything else. */
export function parseDocuments(text: string): DocumentsLocation {
  if (!/^mongodb(\+srv)?:/.test(text)) return { engine: "sqlite", folder: folderAfter("sqlite:", text) };
  const [, server, path, options = ""] = MONGODB_FORM.exec(text) ?? [];
  // The text may hold a password, so that no error repeats it.
  if (server === undefined) throw new Error("is no URL. Use mongodb://host:port/PREFIX?replicaSet=NAME.");
  const prefix = path || "slipway";
  if (!DATABASE_PREFIX.test(prefix)) {
    throw new Error(`"${prefix}" cannot begin the names of databases. Use 1 to 54 of a-z, 0-9, _ and -.`);
  }
  return { engine: "mongodb", url: options === "" ? server : `${server}/${options}`, prefix };
}

/** `file:FOLDER`, relative to the working folder, or `s3+https://…`. Throws an Error in words for anything else. */
export function parseObjects(text: string): ObjectsLocation {
  if (!text.startsWith("s3+")) return { engine: "file", folder: folderAfter("file:", text) };
  const url = URL.parse(text.slice("s3+".length));
  const form = "Use s3+https://host/BUCKET-PREFIX?region=REGION.";
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`is no URL of an S3 service. ${form}`);
  if (url.username !== "") {
    throw new Error("carries credentials. Put them into SLIPWAY_S3_ACCESS_KEY and SLIPWAY_S3_SECRET_KEY.");
  }
  const bucketPrefix = url.pathname.slice(1) || "slipway";
  if (!BUCKET_PREFIX.test(bucketPrefix)) {
    throw new Error(`"${bucketPrefix}" cannot begin the names of buckets. Use 1 to 26 of a-z, 0-9 and -.`);
  }
  for (const name of url.searchParams.keys()) {
    if (name !== "region") throw new Error(`has the unknown option "${name}". ${form}`);
  }
  return { engine: "s3", endpoint: url.origin, region: url.searchParams.get("region") ?? DEFAULT_REGION, bucketPrefix };
}

/** `embedded:`, or `nats://host:port` or `tls://…` as the bus reads them. Throws an Error in words for anything else. */
export function parseEvents(text: string): EventsLocation {
  if (text === "embedded:") return { engine: "embedded" };
  if (!text.split(",").every((url) => NATS_FORM.test(url))) {
    throw new Error("names no engine. Use embedded: or nats://host:port, tls://host:port for TLS.");
  }
  return { engine: "nats", url: text };
}

function folderAfter(scheme: string, text: string): string {
  const folder = text.startsWith(scheme) ? text.slice(scheme.length) : "";
  if (folder === "" || folder.startsWith("//")) throw new Error(`"${text}" names no folder. Use ${scheme}FOLDER.`);
  return resolve(folder);
}
