import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "@slipway/gen/grpc/health/v1/health_pb.js";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught } from "../testing/caught.ts";
import { createClient } from "./client.ts";
import { Health } from "./health.ts";
import { createInProcessTransport } from "./in-process-transport.ts";

const MODELS = "slipway.metadata.v1.ModelService";
const UPLOADS = "slipway.artifact.v1.UploadService";

function serve() {
  const health = new Health([MODELS, UPLOADS]);
  const transport = createInProcessTransport({ bindings: [health.binding()], interceptors: [], log: silentLogger });
  const client = createClient(HealthService, transport);
  const status = async (service: string) => ServingStatus[(await client.check({ service })).status];
  return { health, client, status };
}

describe("health", () => {
  it("says per service whether it serves, and for all together", async () => {
    const { health, status } = serve();
    expect([await status(MODELS), await status("")]).to.deep.equal(["NOT_SERVING", "NOT_SERVING"]);
    health.setMissing([MODELS], []);
    expect([await status(MODELS), await status(UPLOADS), await status("")]).to.deep.equal([
      "SERVING",
      "NOT_SERVING",
      "NOT_SERVING",
    ]);
    health.setMissing([UPLOADS], []);
    expect(await status("")).to.equal("SERVING");
  });

  it("says what is missing", () => {
    const { health } = serve();
    health.setMissing([MODELS], ["the artifact service does not answer"]);
    health.setMissing([UPLOADS], []);
    expect(health.missing()).to.deep.equal([`${MODELS}: the artifact service does not answer`]);
    health.setMissing([MODELS], []);
    expect(health.missing()).to.deep.equal([]);
  });

  it("answers NOT_FOUND for a service that is not here", async () => {
    const { client, health } = serve();
    const error = await caught(client.check({ service: "x.Y" }));
    expect([error.code, error.reason]).to.deep.equal(["NOT_FOUND", "SERVICE_UNKNOWN"]);
    expect(() => health.setMissing(["x.Y"], [])).to.throw("x.Y");
  });

  it("lists all", async () => {
    const { client } = serve();
    expect(Object.keys((await client.list({})).statuses)).to.have.members(["", MODELS, UPLOADS]);
  });

  it("tells watchers at once and then of every change, and ends when draining", async () => {
    const { client, health } = serve();
    const seen: string[] = [];
    for await (const { status } of client.watch({ service: MODELS })) {
      seen.push(ServingStatus[status]);
      if (seen.length === 1) health.setMissing([MODELS], []);
      if (seen.length === 2) health.setMissing([UPLOADS], ["nothing that concerns this watcher"]);
      if (seen.length === 2) health.drain();
    }
    expect(seen).to.deep.equal(["NOT_SERVING", "SERVING", "NOT_SERVING"]);
    expect(health.missing()).to.deep.equal(["draining"]);
  });

  it("tells a watcher of an unknown service that it is unknown", async () => {
    const { client } = serve();
    for await (const { status } of client.watch({ service: "x.Y" })) {
      expect(status).to.equal(ServingStatus.SERVICE_UNKNOWN);
      break;
    }
  });
});
