import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { natsUrl, startNats } from "../../../test/real/servers/nats-server.ts";
import type { RealServer } from "../../../test/real/servers/real-server.ts";
import { type NatsEventBus, openNatsEventBus } from "./nats.ts";
import { storedMessages, untilServing, untilStored } from "./testing/nats-bus.ts";

describe("NATS: events as outsiders find them", () => {
  let server: RealServer;
  let bus: NatsEventBus;

  beforeEach(async () => {
    server = await startNats();
    bus = await openNatsEventBus({ url: natsUrl(server), log: silentLogger });
    await untilServing(bus);
  });
  afterEach(async () => {
    await bus.close();
    await server.remove();
  });

  const event = create(EventSchema, {
    id: "0198c0de-0000-7000-8000-0000000000e1",
    tenant: "acme",
    tenantUid: "0198c0de-0000-7000-8000-0000000000a1",
    sequence: 70n,
    position: 7n,
    type: "slipway.version.created",
    subject: 'tenants/acme/models/größte "100 %"/versions/1.0.0',
    subjectUid: "0198c0de-0000-7000-8000-0000000000b1",
    aggregateRevision: 3n,
    time: timestampFromMs(Date.UTC(2026, 10, 22, 8, 30)),
    actor: "users/ada",
    payload: { name: "models/größte", size: 12 },
  });

  it("are CloudEvents in binary mode under a subject without user's strings", async () => {
    await bus.publish([event]);
    await bus.close();
    const [message] = await storedMessages(server.port);
    expect(message?.subject).to.equal(`slipway.${event.tenantUid}.version.created`);
    expect(JSON.parse(message?.text ?? "")).to.deep.equal(event.payload);
    expect(message?.headers).to.deep.equal({
      "ce-specversion": "1.0",
      "ce-id": event.id,
      "ce-source": `/slipway/tenants/${event.tenantUid}`,
      "ce-type": "slipway.version.created",
      "ce-subject": "tenants/acme/models/gr%C3%B6%C3%9Fte%20%22100%20%25%22/versions/1.0.0",
      "ce-datacontenttype": "application/json",
      "ce-time": "2026-11-22T08:30:00.000Z",
      "ce-tenant": "acme",
      "ce-subjectuid": event.subjectUid,
      "ce-revision": "3",
      "ce-actor": "users/ada",
      "ce-sequence": "70",
      "ce-position": "7",
      "Nats-Msg-Id": event.id,
    });
  });

  it("are kept once, however often they are published", async () => {
    await bus.publish([event, event]);
    await bus.publish([event]);
    await bus.close();
    expect(await storedMessages(server.port)).to.have.length(1);
  });

  it("come in the order in which they were published", async () => {
    const events = Array.from({ length: 100 }, (_, n) => ({ ...event, id: crypto.randomUUID(), sequence: BigInt(n) }));
    await bus.publish(events);
    await untilStored(server.port, 100);
    const sequences = (await storedMessages(server.port)).map(({ headers }) => Number(headers["ce-sequence"]));
    expect(sequences).to.deep.equal(events.map((_, n) => n));
  });

  it("say so where the payload is larger than the server takes", async () => {
    await bus.publish([{ ...event, payload: { text: "x".repeat(1024 * 1024) } }]);
    await bus.close();
    const [message] = await storedMessages(server.port);
    expect(message?.headers["ce-payloadomitted"]).to.equal("true");
    expect(message?.text).to.equal("");
  });
});
