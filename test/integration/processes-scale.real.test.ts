import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect } from "@slipway/client";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { SERVICE_NAMES, type ServiceName } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { untilServing } from "../support/health-words.ts";
import { pushAndPull } from "../support/push-and-pull.ts";
import { sharedEngines } from "../support/shared-engines.ts";
import { type ServiceProcess, SplitServer } from "../support/split-server.ts";

const VERSIONS_EACH = 3;

describe("Two of each service on the same databases", function () {
  this.timeout(240_000);
  let work: string;
  let split: SplitServer;
  let first: Record<ServiceName, ServiceProcess>;
  let second: Record<ServiceName, ServiceProcess>;

  before(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-scale-"));
    split = await SplitServer.prepare({ env: sharedEngines() });
    first = await split.startAll();
    const anyPort = { SLIPWAY_LISTEN: "127.0.0.1:0" };
    const workflow = await split.start("workflow", anyPort);
    const artifact = await split.start("artifact", anyPort);
    const metadata = await split.start("metadata", {
      ...anyPort,
      SLIPWAY_ENDPOINT_ARTIFACT: artifact.url,
      SLIPWAY_ENDPOINT_WORKFLOW: workflow.url,
    });
    second = { metadata, artifact, workflow };
    await Promise.all([...Object.values(first), ...Object.values(second)].map(untilServing));
  });
  after(async () => {
    await split?.remove();
    await rm(work, { recursive: true, force: true });
  });

  /** A client that uses the second of each. */
  function ofSecond(): Connection {
    return connect({ url: second.metadata.url, key: split.bootstrapKey });
  }

  async function eventsOf(connection: Connection, service: ServiceName): Promise<Event[]> {
    const { events } = await connection.events[service].listEvents({ pageSize: 1000 });
    return events;
  }

  it("share the work: each run ends once, each event has one position", async () => {
    const pushes = ["iris", "wine"].map(async (model, index) => {
      const env = index === 0 ? {} : { SLIPWAY_URL: second.metadata.url };
      for (let count = 0; count < VERSIONS_EACH; count += 1) await pushAndPull(split, work, model, { env });
    });
    await Promise.all(pushes);
    const connection = ofSecond();
    const { runs } = await connection.runs.listRuns({ pageSize: 1000 });
    expect(runs).to.have.length(2 * VERSIONS_EACH);
    await until("every run has said once that it ended", async () => {
      const events = await eventsOf(connection, "workflow");
      const finished = events.filter(({ type }) => type === "slipway.run.finished").map(({ subjectUid }) => subjectUid);
      expect(new Set(finished).size).to.equal(finished.length);
      return finished.length === runs.length;
    });
    for (const service of SERVICE_NAMES) {
      const positions = (await eventsOf(connection, service)).map(({ position }) => Number(position));
      expect(positions, service).to.deep.equal(positions.map((_, index) => index + 1));
    }
    connection.close();
  });

  it("go on when one of each is killed at work", async () => {
    const pushes = Promise.all(["iris", "wine", "rice"].map((model) => pushAndPull(split, work, model)));
    await until("a run begins", async () => {
      const connection = ofSecond();
      const { runs } = await connection.runs.listRuns({ pageSize: 1000 });
      connection.close();
      return runs.length > 2 * VERSIONS_EACH;
    });
    for (const { child, ended } of Object.values(second)) {
      child.kill("SIGKILL");
      await ended;
    }
    await pushes;
    for (const each of Object.values(first)) expect(await each.stop()).to.equal(0);
  });
});
