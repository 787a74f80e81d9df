import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { type Clients, type MetadataServer, service } from "./metadata-server.test.ts";

/** What a test says about a version that it makes. */
export interface VersionInit {
  number?: string;
  artifact?: number;
  tags?: Record<string, string>;
  labels?: string[];
  author?: string;
}

/** Makes versions in few words. */
export class Versions {
  readonly #server: MetadataServer;
  readonly #alice: Clients;
  #artifacts = 0;

  constructor(server: MetadataServer) {
    this.#server = server;
    this.#alice = server.as();
  }

  async model(name: string): Promise<string> {
    await this.#alice.models.createModel({ model: { name: `models/${name}` } });
    return `models/${name}`;
  }

  /** A version that waits for admission, on an artifact of its own unless told otherwise. */
  async create(parent: string, { number, artifact, ...rest }: VersionInit = {}): Promise<Version> {
    this.#artifacts += 1;
    const { version } = await this.#alice.versions.createVersion({
      parent,
      artifact: this.#server.artifact(artifact ?? 0x1000 + this.#artifacts),
      numbering: number === undefined ? { case: undefined } : { case: "number", value: number },
      ...rest,
    });
    return version as Version;
  }

  /** Ends the admission of a version: published, or rejected where the verdict is DANGEROUS or the proof failed. */
  async finish({ uid }: Version, verdict = Verdict.SAFE, run = "runs/1", proven = true): Promise<Version> {
    const workflow = this.#server.as(service);
    const request = { versionUid: uid, run, proven, verdict, findings: [] };
    const { version } = await workflow.versions.finishValidation(request);
    return version as Version;
  }

  async publish(parent: string, init: VersionInit = {}): Promise<Version> {
    return this.finish(await this.create(parent, init));
  }
}
