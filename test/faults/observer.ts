import { setTimeout as pause } from "node:timers/promises";
import { artifactDigest, encodeManifest } from "@slipway/chunking";
import type { Connection } from "@slipway/client";
import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";

interface ObserverOptions {
  /** Default 25. */
  everyMs?: number;
  /** Which errors only mean that the server is away; it looks again then. Default: none. */
  isAway?(error: unknown): boolean;
}

/** Looks at everything that a user can list, again and again while something else goes on. */
export class Observer {
  readonly #connection: Connection;
  readonly #everyMs: number;
  readonly #isAway: (error: unknown) => boolean;
  /** Artifacts that were found whole; they never change. */
  readonly #whole = new Set<string>();
  #stopping = false;
  #looks = 0;
  readonly #ended: Promise<void>;

  constructor(connection: Connection, { everyMs = 25, isAway = () => false }: ObserverOptions = {}) {
    this.#connection = connection;
    this.#everyMs = everyMs;
    this.#isAway = isAway;
    this.#ended = this.#watch();
    this.#ended.catch(() => undefined);
  }

  /** Ends it; fails when anything was ever seen half. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#ended;
    expect(this.#looks).to.be.greaterThan(0);
  }

  async #watch(): Promise<void> {
    do {
      try {
        await lookAround(this.#connection, this.#whole);
        this.#looks += 1;
      } catch (error) {
        if (!this.#isAway(error)) throw error;
      }
      await pause(this.#everyMs);
    } while (!this.#stopping);
  }
}

/** Looks once: whatever is listed is whole. */
async function lookAround(connection: Connection, whole: Set<string>): Promise<void> {
  const { models } = await connection.models.listModels({ pageSize: 100 });
  for (const { name } of models) {
    for (const version of await versionsOf(connection, name)) {
      checkVersion(version);
      if (whole.has(version.artifact)) continue;
      await checkArtifact(connection, version);
      whole.add(version.artifact);
    }
  }
  const { runs } = await connection.runs.listRuns({ pageSize: 100 });
  for (const { name, state, steps, finishTime } of runs) {
    const hasEnded = state > RunState.RUNNING;
    expect(finishTime !== undefined, `${name} has a time of its end`).to.equal(hasEnded);
    const open = steps.filter((step) => step.state < StepState.SUCCEEDED);
    if (hasEnded) expect(open, `steps that go on in ${name}, which has ended`).to.deep.equal([]);
  }
}

/** None where the model was deleted since it was listed. */
async function versionsOf({ models, versions }: Connection, parent: string): Promise<Version[]> {
  try {
    return (await versions.listVersions({ parent, pageSize: 100 })).versions;
  } catch (error) {
    if (!(error instanceof RpcError && error.reason === "MODEL_NOT_FOUND")) throw error;
    const now = await models.listModels({ pageSize: 100 });
    expect(now.models.map(({ name }) => name)).to.not.include(parent);
    return [];
  }
}

function checkVersion({ name, state, stage, verdict, publishTime, admissionRun, uid, number }: Version): void {
  const isDecided = state !== VersionState.VALIDATING;
  const isPublished = state === VersionState.PUBLISHED;
  expect({ verdict: verdict !== 0, run: admissionRun !== "" }, name).to.deep.equal({
    verdict: isDecided,
    run: isDecided,
  });
  expect({ stage: stage !== "", time: publishTime !== undefined }, name).to.deep.equal({
    stage: isPublished,
    time: isPublished,
  });
  expect({ uid, number }, name).to.not.include({ uid: "", number: "" });
}

/** The artifact of a version that is listed has all its files, and they are what its digest says. */
async function checkArtifact(
  { artifacts }: Connection,
  { name, artifact, fileCount, sizeBytes }: Version,
): Promise<void> {
  const got = await artifacts.getArtifact({ name: artifact });
  const { files } = await artifacts.listFiles({ artifact, pageSize: 1000 });
  const manifest = files.map((file) => ({ path: file.path, sizeBytes: Number(file.sizeBytes), sha256: file.sha256 }));
  expect(`artifacts/${artifactDigest(encodeManifest(manifest))}`, name).to.equal(artifact);
  expect(got.artifact, name).to.include({ state: ArtifactState.READY, fileCount, sizeBytes });
  expect(files.length, name).to.equal(fileCount);
}
