import { performance } from "node:perf_hooks";
import type { Connection } from "@slipway/client";
import { seededRandom } from "@slipway/runtime/testing";
import type { Benchmark, Measurement } from "../harness/benchmark.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { type FilledRegistry, fillRegistry } from "../harness/fill-registry.ts";
import { VARIETY } from "../harness/registry-data.ts";
import { chineseOf, pick } from "../harness/registry-words.ts";
import { percentile } from "../harness/statistics.ts";

const SIZES = {
  full: { tenants: 50, models: 20_000, versionsPerModel: 50, calls: 300 },
  quick: { tenants: 50, models: 400, versionsPerModel: 50, calls: 20 },
};
const SEED = 5;
/** Of the tenant that is asked, which has three tenths of everything. */
const PAGE = 50;

/** A kind of question, and how long 99 of 100 of them may take, in milliseconds. */
interface Question {
  name: string;
  mostMs: { embedded: number; split: number };
  ask(connection: Connection, random: () => number): Promise<unknown>;
}

/** Get and search in a registry of a million versions, one question after the other. */
export const search: Benchmark = {
  name: "search",
  description: "GetVersion and ListVersions over 1,000,000 versions of 20,000 models in 50 tenants",
  run: async ({ scale, slipway, progress }) => {
    const { calls, ...size } = SIZES[scale];
    progress(`writes ${size.models * size.versionsPerModel} versions`);
    let filled: FilledRegistry | undefined;
    await using server = await slipway.startFilled(async (documents) => {
      filled = await fillRegistry(documents, size, SEED);
    }, ADMISSION_PAUSED);
    if (filled === undefined) throw new Error("nothing was written");
    const lines: Measurement[] = [
      {
        name: "versions written through the port",
        value: filled.versionsPerSecond,
        unit: "/s",
        ...(slipway.name === "embedded" && { target: { comparison: "atLeast", value: 2_000 } }),
      },
    ];
    const questions = questionsAbout(filled);
    // Nobody asks a cold server only.
    progress("asks everything some times, which does not count");
    for (const question of questions) await timesMsOf(question, server.connection, calls / 10, SEED + 1);
    for (const question of questions) {
      progress(question.name);
      const timesMs = await timesMsOf(question, server.connection, calls, SEED);
      lines.push({
        name: `${question.name}, p99`,
        value: percentile(timesMs, 99),
        unit: "ms",
        target: { comparison: "atMost", value: question.mostMs[slipway.name] },
        note: `p50 ${percentile(timesMs, 50).toFixed(1)} ms`,
      });
    }
    return lines;
  },
};

async function timesMsOf(question: Question, connection: Connection, calls: number, seed: number): Promise<number[]> {
  const random = seededRandom(seed);
  const timesMs: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const startMs = performance.now();
    await question.ask(connection, random);
    timesMs.push(performance.now() - startMs);
  }
  return timesMs;
}

function questionsAbout({ names, samples }: FilledRegistry): Question[] {
  const filter = { embedded: 50, split: 100 };
  const words = { embedded: 80, split: 300 };
  const list = (connection: Connection, request: { filter?: string; orderBy?: string; query?: string }) =>
    connection.versions.listVersions({ parent: "models/-", pageSize: PAGE, ...request });
  const sampleOf = (random: () => number) => pick(random, samples).version;
  return [
    {
      name: "get by name",
      mostMs: { embedded: 10, split: 10 },
      ask: ({ versions }, random) => versions.getVersion({ name: pick(random, names) }),
    },
    {
      name: "selective filter: team, label and metric",
      mostMs: filter,
      ask: (connection, random) => {
        const { tags, labels } = sampleOf(random);
        return list(connection, {
          filter: `tags.team = "${tags.team}" AND labels:"${labels[0]}" AND metrics.f1 > 0.5`,
        });
      },
    },
    {
      name: "selective filter: artifact",
      mostMs: filter,
      ask: (connection, random) => list(connection, { filter: `artifact = "${sampleOf(random).artifact}"` }),
    },
    {
      name: "unselective filter, newest first",
      mostMs: filter,
      ask: (connection, random) =>
        list(connection, {
          filter: `state = PUBLISHED AND framework = "framework-${Math.floor(random() * VARIETY.frameworks)}"`,
          orderBy: "create_time desc",
        }),
    },
    {
      name: "unselective filter, best metric first",
      mostMs: filter,
      ask: (connection, random) =>
        list(connection, {
          filter: `(stage = production OR stage = testing) AND NOT labels:"label-${Math.floor(random() * VARIETY.labels)}"`,
          orderBy: "metrics.f1 desc",
        }),
    },
    {
      name: "unselective filter, second page",
      mostMs: filter,
      ask: async ({ versions }) => {
        const request = {
          parent: "models/-",
          pageSize: PAGE,
          filter: "stage = development",
          orderBy: "size_bytes desc",
        };
        const { nextPageToken } = await versions.listVersions(request);
        return versions.listVersions({ ...request, pageToken: nextPageToken });
      },
    },
    {
      name: "three words, the last one begun",
      mostMs: words,
      ask: (connection, random) => {
        const [first, second, third] = sampleOf(random).description.split(" ");
        return list(connection, { query: `${first} ${second} ${third?.slice(0, 3)}` });
      },
    },
    {
      name: "two Chinese words and a begun one",
      mostMs: words,
      ask: (connection, random) =>
        list(connection, { query: `${chineseOf(random, 2)} ${chineseOf(random, 2)} ${chineseOf(random, 1)}` }),
    },
  ];
}
