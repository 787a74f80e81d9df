import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Connection, connect } from "@slipway/client";
import type { Evaluation } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { seeded } from "./seed.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const PARENT = "models/evaluated/versions/1.0.0";
const DEATHS = 3;
const CALLERS = ["a", "b", "c", "d"];

/** One evaluation that a caller asks for: its metric counts up. */
interface Asked {
  caller: string;
  count: number;
  requestId: string;
}

function ask({ evaluations }: Connection, { caller, count, requestId }: Asked) {
  const form = { case: "metrics" as const, value: { values: { [caller]: count } } };
  return evaluations.recordEvaluation({ parent: PARENT, dataset: "test", measured: { form }, requestId });
}

async function everyEvaluation({ evaluations }: Connection): Promise<Evaluation[]> {
  const all: Evaluation[] = [];
  let pageToken = "";
  do {
    const page = await evaluations.listEvaluations({ parent: PARENT, pageSize: 1000, pageToken });
    all.push(...page.evaluations);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return all;
}

describe("kill -9 of the server while evaluations are recorded", function () {
  this.timeout(120_000);
  let server: SlipwayProcess;
  let connection: Connection;
  /** What each caller has asked for last. */
  const counts = new Map(CALLERS.map((caller) => [caller, 0]));

  before(async () => {
    server = await SlipwayProcess.start();
    await server.json(["push", IRIS, "-m", "evaluated"]);
    connection = connect({ url: server.url });
  });
  after(async () => {
    connection?.close();
    await server?.remove();
  });

  /** Asks again and again until the server is gone; gives what was not answered. */
  async function callUntilDeath(caller: string, onAnswer: () => void): Promise<Asked> {
    for (;;) {
      const count = (counts.get(caller) ?? 0) + 1;
      counts.set(caller, count);
      const asked = { caller, count, requestId: crypto.randomUUID() };
      try {
        await ask(connection, asked);
        onAnswer();
      } catch (error) {
        if (error instanceof RpcError && error.code === "UNAVAILABLE") return asked;
        throw error;
      }
    }
  }

  /** A stream of predictions that has sent rows and never ends. */
  async function streamUntilDeath(): Promise<void> {
    const { child } = server;
    const streamed = connection.evaluations.recordPredictions(
      (async function* () {
        yield { content: { case: "header" as const, value: { parent: PARENT, dataset: "streamed" } } };
        yield { content: { case: "rows" as const, value: { labels: ["x"], predictions: ["x"] } } };
        await once(child, "close");
      })(),
    );
    const error: unknown = await streamed.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(RpcError);
  }

  for (let death = 1; death <= DEATHS; death += 1) {
    it(`loses none, doubles none, and shows what was recorded in the version (death ${death})`, async () => {
      const moment = seeded(`evaluations ${death}`, 10, 120);
      let answers = 0;
      const onAnswer = () => {
        answers += 1;
        if (answers === moment) server.child.kill("SIGKILL");
      };
      const calls = CALLERS.map((caller) => callUntilDeath(caller, onAnswer));
      const [unanswered] = await Promise.all([Promise.all(calls), streamUntilDeath(), server.ended]);
      connection.close();
      server = await SlipwayProcess.start({ home: server.home });
      connection = connect({ url: server.url });
      for (const asked of unanswered) await ask(connection, asked);

      const all = await everyEvaluation(connection);
      for (const [caller, count] of counts) {
        const recorded = all.flatMap(({ metrics }) => metrics[caller] ?? []);
        expect(recorded, caller).to.deep.equal(Array.from({ length: count }, (_, index) => index + 1));
      }
      expect([...new Set(all.map(({ dataset }) => dataset))]).to.deep.equal(["test"]);
      const { version } = await connection.versions.getVersion({ name: PARENT });
      expect(version?.metrics).to.deep.equal(Object.fromEntries(counts));

      const told = await until("every evaluation was told of", async () => {
        const types = ["slipway.evaluation.recorded"];
        const { events } = await connection.events.metadata.listEvents({ types, pageSize: 1000 });
        return events.length === all.length ? events : undefined;
      });
      expect(told.map(({ subjectUid }) => subjectUid).sort()).to.deep.equal(all.map(({ uid }) => uid).sort());
    });
  }
});
