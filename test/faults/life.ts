import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Connection, push } from "@slipway/client";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { writeModelFolder } from "./model-folder.ts";

/** The model whose versions stay, where there is one life. */
export const KEPT = "kept";

/** One command of a person; saying it again must lead to the same. */
export interface Step {
  what: string;
  run(connection: Connection): Promise<void>;
}

/**
 * What people do with a registry, in rounds: each pushes a version that stays and promotes it to production, and pushes a
 * model that is deleted and purged. Everything that the services do about it is done when a round ends.
 */
export class Life {
  /** The model whose versions stay. */
  readonly model: string;
  readonly #folder: string;
  readonly #patienceMs: number;
  #rounds = 0;
  /** Of the weights of the versions that the rounds from now on push. */
  weightsBytes = 0;
  /** Versions of the kept model, by the folder that was pushed. */
  readonly kept = new Map<string, Version>();
  /** Uids of versions that were purged. */
  readonly purged = new Set<string>();

  /**
   * `folder` is for the models' folders and the client's state; the models of lives side by side have other names. No
   * push takes longer than `patienceMs`.
   */
  constructor(folder: string, model: string = KEPT, patienceMs = 120_000) {
    this.#folder = folder;
    this.model = model;
    this.#patienceMs = patienceMs;
  }

  /** The commands of the next round. After a crash leave `settled` out: a claim whose holder never came lasts an hour. */
  nextRound(): { steps: Step[]; settled: Step } {
    this.#rounds += 1;
    const round = this.#rounds;
    const { weightsBytes, model } = this;
    const passing = `passing-${model}-${round}`;
    const name = `models/${passing}`;
    const [deleting, purging, testing, promoting] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const kept = join(this.#folder, `${model}-${round}`);
    const promote = (toStage: string, requestId: string): Step => ({
      what: `promote the version of ${model} to ${toStage}`,
      run: async ({ stages }) => {
        const version = this.kept.get(kept)?.name ?? "";
        const { transition } = await stages.requestTransition({ version, toStage, requestId });
        expect(TransitionState[transition?.state ?? 0], transition?.endReason).to.equal("APPLIED");
      },
    });
    let artifact = "";
    const steps: Step[] = [
      {
        what: `push a version of ${model}`,
        run: async (connection) => {
          await writeModelFolder(kept, `round ${round} of ${this.#folder}`, weightsBytes);
          // Forced, so that nothing but the request's id keeps a repetition from making a second version.
          this.kept.set(kept, await this.#push(connection, kept, model, true));
        },
      },
      promote("testing", testing),
      promote("production", promoting),
      {
        what: `push ${passing}`,
        run: async (connection) => {
          const folder = join(this.#folder, passing);
          await mkdir(folder, { recursive: true });
          await writeFile(join(folder, "README.md"), `# ${passing}\n`);
          const version = await this.#push(connection, folder, passing, false);
          this.purged.add(version.uid);
          artifact = version.artifact;
        },
      },
      {
        what: `delete ${passing}`,
        run: async ({ models }) => void (await models.deleteModel({ name, requestId: deleting })),
      },
      {
        what: `purge ${passing}`,
        run: async ({ models }) => {
          await models.purgeModel({ name, requestId: purging }).catch((error: unknown) => {
            // A purge that was begun is finished by the server itself, which then knows nothing of the request.
            if (!(error instanceof RpcError && error.reason === "MODEL_NOT_FOUND")) throw error;
          });
        },
      },
    ];
    const settled: Step = {
      what: "wait for what the services do by themselves",
      run: async (connection) => {
        await until("the purged version's artifact is free", async () => {
          const got = await connection.artifacts.getArtifact({ name: artifact });
          return got.artifact?.expireTime !== undefined;
        });
        await untilRunsEnded(connection);
      },
    };
    return { steps, settled };
  }

  async #push(connection: Connection, path: string, model: string, force: boolean): Promise<Version> {
    const stateFolder = join(this.#folder, "client");
    const signal = AbortSignal.timeout(this.#patienceMs);
    const { version } = await push(connection, { path, model, force, stateFolder, signal });
    expect(VersionState[version.state], version.stateReason).to.equal("PUBLISHED");
    return version;
  }
}

/** Waits for the end of every run, and for the number of the event that says so. */
export async function untilRunsEnded({ runs, events }: Connection): Promise<void> {
  await until("every run has ended, and its events have their numbers", async () => {
    const all = (await runs.listRuns({ pageSize: 1000 })).runs;
    const types = ["slipway.run.finished"];
    const finished = (await events.workflow.listEvents({ types, pageSize: 1000 })).events;
    return all.every(({ state }) => state > RunState.RUNNING) && finished.length === all.length;
  });
}
