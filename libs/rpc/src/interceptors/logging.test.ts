import { createLogger, type LogFields } from "@slipway/runtime";
import { expect } from "chai";
import { caught, collect } from "../../testing/caught.ts";
import { onEachTransport } from "../../testing/on-each-transport.ts";
import type { Interceptor } from "../interceptor.ts";
import { logCalls } from "./logging.ts";

function recorder() {
  const lines: LogFields[] = [];
  const log = createLogger({ level: "info", destination: { write: (text: string) => lines.push(JSON.parse(text)) } });
  return { log, lines };
}

const asAda: Interceptor = async (context, next) => {
  context.caller = { tenantUid: "t1", tenant: "acme", principal: "users/ada", role: "viewer", service: false };
  await next();
};

onEachTransport("the log of calls", (start) => {
  it("has one line per call with method, tenant, principal, code, duration and request id", async () => {
    const { log, lines } = recorder();
    const client = await start({}, { log, interceptors: [logCalls, asAda] });
    await client.echo({}, { headers: { "slipway-request-id": "r1" } });
    await collect(client.repeat({ count: 10 }));
    await caught(client.echo({ text: "x".repeat(1001) }));
    expect(
      lines.map(({ method, code, reason, tenant, principal, msg, level }) => ({
        method,
        code,
        reason,
        tenant,
        principal,
        msg,
        level,
      })),
    ).to.deep.equal(
      [
        ["Echo", "OK", undefined],
        ["Repeat", "OK", undefined],
        ["Echo", "INVALID_ARGUMENT", "REQUEST_INVALID"],
      ].map(([method, code, reason]) => ({
        method: `slipway.testing.v1.EchoService/${method}`,
        code,
        reason,
        tenant: "acme",
        principal: "users/ada",
        msg: "call",
        level: "info",
      })),
    );
    expect(lines[0]?.requestId).to.equal("r1");
    for (const { durationMs } of lines) expect(durationMs).to.be.a("number");
  });

  it("keeps what services do for themselves out of the way, while it succeeds", async () => {
    const { log, lines } = recorder();
    const by = (tenant: string): Interceptor => {
      return async (context, next) => {
        const principal = "serviceAccounts/slipway";
        context.caller = { tenantUid: tenant, tenant, principal, role: "admin", service: true };
        await next();
      };
    };
    const forNobody = await start({}, { log, interceptors: [logCalls, by("platform")] });
    await forNobody.echo({});
    await caught(forNobody.echo({ text: "x".repeat(1001) }));
    const forAcme = await start({}, { log, interceptors: [logCalls, by("acme")] });
    await forAcme.echo({});
    expect(lines.map(({ code, tenant }) => [code, tenant])).to.deep.equal([
      ["INVALID_ARGUMENT", "platform"],
      ["OK", "acme"],
    ]);
  });

  it("tells trouble of the server by its level, and the cause in a line of its own under the same id", async () => {
    const { log, lines } = recorder();
    const client = await start(
      { echo: () => Promise.reject(new Error("disk on fire")) },
      { log, interceptors: [logCalls] },
    );
    const { requestId } = await caught(client.echo({}));
    expect(lines.map(({ level, msg, code }) => [level, msg, code])).to.deep.equal([
      ["error", "call", "INTERNAL"],
      ["error", "unexpected error", undefined],
    ]);
    expect(lines.map((line) => line.requestId)).to.deep.equal([requestId, requestId]);
    expect(JSON.stringify(lines[1])).to.contain("disk on fire");
  });

  it("tells of calls that the client gave up", async () => {
    const { log, lines } = recorder();
    const logged = Promise.withResolvers<void>();
    const announce: Interceptor = async (context, next) => {
      try {
        await logCalls(context, next);
      } finally {
        logged.resolve();
      }
    };
    const client = await start({}, { log, interceptors: [announce] });
    for await (const _ of client.repeat({})) break;
    await logged.promise;
    expect(lines.map(({ code, reason }) => [code, reason])).to.deep.equal([["CANCELLED", "CALL_CANCELLED"]]);
  });
});
