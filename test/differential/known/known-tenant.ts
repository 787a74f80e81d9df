import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

export interface KnownFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

const MAX_ETAGS = 4;

/** What a client of one tenant has been told so far: what later requests are made of. */
export class KnownTenant {
  readonly name: string;
  uid = "";
  readonly models = new Set<string>();
  readonly versions = new Set<string>();
  readonly transitions = new Set<string>();
  readonly evaluations = new Set<string>();
  readonly artifacts = new Set<string>();
  readonly uploads = new Set<string>();
  /** Those that take files, with who started them. */
  readonly openUploads = new Map<string, string>();
  readonly workflows = new Set<string>();
  readonly runs = new Set<string>();
  readonly principals = new Set<string>();
  readonly keys = new Set<string>();
  /** Of anything. */
  readonly uids = new Set<string>();
  readonly versionUids = new Set<string>();
  readonly times = new Set<string>();
  /** By resource name, the newest last. */
  readonly etags = new Map<string, string[]>();
  readonly files = new Map<string, KnownFile[]>();
  /** The newest position of each service's events that ListEvents has told. */
  readonly positions = new Map<string, string>();

  constructor(name: string) {
    this.name = name;
  }

  /** Takes in everything that an answer tells. */
  learn(value: JsonValue): void {
    if (Array.isArray(value)) for (const item of value) this.learn(item);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return;
    this.#learnObject(value);
    for (const item of Object.values(value)) this.learn(item);
  }

  #learnObject(object: JsonObject): void {
    const { name, uid, etag, createTime } = object;
    if (typeof uid === "string") this.uids.add(uid);
    if (typeof createTime === "string") this.times.add(createTime);
    if (typeof name !== "string") return;
    this.#setOf(name)?.add(name);
    if (object.state === "UPLOAD_STATE_OPEN") this.openUploads.set(name, String(object.creator));
    else this.openUploads.delete(name);
    if (typeof etag === "string") {
      this.etags.set(name, [...(this.etags.get(name) ?? []).filter((known) => known !== etag), etag].slice(-MAX_ETAGS));
    }
    if (typeof uid === "string" && this.#setOf(name) === this.versions) this.versionUids.add(uid);
  }

  #setOf(name: string): Set<string> | undefined {
    if (/^models\/[^/]+\/versions\/[^/]+\/evaluations\//.test(name)) return this.evaluations;
    if (/^models\/[^/]+\/versions\//.test(name)) return this.versions;
    if (/^models\/[^/]+\/transitions\//.test(name)) return this.transitions;
    if (/^models\/[^/]+$/.test(name)) return this.models;
    if (name.startsWith("artifacts/")) return this.artifacts;
    if (name.startsWith("uploads/")) return this.uploads;
    if (name.startsWith("workflows/")) return this.workflows;
    if (name.startsWith("runs/")) return this.runs;
    if (/^(users|serviceAccounts)\//.test(name)) return this.principals;
    if (name.startsWith("keys/")) return this.keys;
    return undefined;
  }
}
