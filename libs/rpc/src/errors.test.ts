import type { LogFields, Logger } from "@slipway/runtime";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught, collect, each } from "../testing/caught.ts";
import { EchoService } from "../testing/index.ts";
import { onEachTransport } from "../testing/on-each-transport.ts";
import { callOptionsFrom } from "./call-context.ts";
import { createClient } from "./client.ts";
import { fail } from "./fail.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import { createInProcessTransport } from "./in-process-transport.ts";
import { RpcError } from "./rpc-error.ts";

const refusal = () =>
  fail(
    "VERSION_NUMBER_TAKEN",
    { version: "1.2.0", next: "1.3.0 ✓" },
    {
      fields: [{ field: "version.number", description: "is taken", reason: "UNIQUE" }],
      preconditions: [{ type: "STATE", subject: "models/iris", description: "must be open" }],
      cause: new Error("secret of the driver"),
    },
  );

onEachTransport("errors", (start) => {
  it("carry code, reason, message, values, fields, preconditions and request id across, whatever the kind", async () => {
    const client = await start({
      echo: async () => {
        throw refusal();
      },
      // biome-ignore lint/correctness/useYield: the handler fails before its first response
      repeat: async function* () {
        throw refusal();
      },
      collect: async () => {
        throw refusal();
      },
      converse: async function* (requests) {
        for await (const { text } of requests) {
          yield { text };
          throw refusal();
        }
      },
    });
    const headers = { "slipway-request-id": "req-1" };
    const errors = await Promise.all([
      caught(client.echo({}, { headers })),
      caught(collect(client.repeat({}, { headers }))),
      caught(client.collect(each(), { headers })),
      caught(collect(client.converse(each({ text: "x" }), { headers }))),
    ]);
    for (const error of errors) {
      const { code, reason, message, metadata, fields, preconditions, requestId } = error;
      expect({ code, reason, message, metadata, fields, preconditions, requestId }).to.deep.equal({
        code: "ALREADY_EXISTS",
        reason: "VERSION_NUMBER_TAKEN",
        message:
          "The number 1.2.0 is taken, maybe by a deleted version; numbers are never reused. Use 1.3.0 ✓, or let a bump choose.",
        metadata: { version: "1.2.0", next: "1.3.0 ✓" },
        fields: [{ field: "version.number", description: "is taken", reason: "UNIQUE" }],
        preconditions: [{ type: "STATE", subject: "models/iris", description: "must be open" }],
        requestId: "req-1",
      });
      expect(`${error.stack}${error.cause}`).not.to.contain("secret");
    }
  });

  it("that nobody expected become INTERNAL with an id that the log has, and nothing of their text", async () => {
    const lines: LogFields[] = [];
    const log: Logger = {
      ...silentLogger,
      error: (fields) => void lines.push(fields),
      child: (bound) => ({ ...log, error: (fields) => void lines.push({ ...bound, ...fields }) }),
    };
    const defect = new Error("SQLITE_CORRUPT: secret");
    const client = await start(
      {
        echo: async () => {
          throw defect;
        },
      },
      { log },
    );
    const error = await caught(client.echo({}));
    expect([error.code, error.reason]).to.deep.equal(["INTERNAL", "INTERNAL_ERROR"]);
    expect(error.message).to.contain(error.requestId);
    expect(JSON.stringify(error) + error.message + error.stack).not.to.contain("secret");
    expect(lines.map(({ requestId, err }) => [requestId, err])).to.deep.equal([[error.requestId, defect]]);
  });

  it("between services are no riddle for the client: no address, no advice for somebody else", async () => {
    const nowhere = createGrpcTransport({ url: "http://127.0.0.1:1" });
    const absent = createClient(EchoService, nowhere);
    const lacking = createClient(
      EchoService,
      createInProcessTransport({ bindings: [], interceptors: [], log: silentLogger }),
    );
    const client = await start({
      echo: (request, context) => absent.echo(request, callOptionsFrom(context)),
      repeat: (request, context) => lacking.repeat(request, callOptionsFrom(context)),
    });
    const error = await caught(client.echo({}));
    nowhere.close();
    expect([error.code, error.reason]).to.deep.equal(["UNAVAILABLE", "DEPENDENCY_UNAVAILABLE"]);
    expect(error.message).not.to.contain("127.0.0.1");
    expect((await caught(collect(client.repeat({})))).reason).to.equal("INTERNAL_ERROR");
  });

  it("of an interceptor arrive like those of a handler", async () => {
    const client = await start({}, { interceptors: [() => Promise.reject(fail("KEY_MISSING"))] });
    expect((await caught(client.echo({}))).reason).to.equal("KEY_MISSING");
    expect((await caught(collect(client.repeat({ count: 1 })))).reason).to.equal("KEY_MISSING");
  });

  it("tell of messages over the limit of the server", async () => {
    const client = await start({}, { maxReceiveBytes: 100_000 });
    const value = new Uint8Array(100_100);
    const error = await caught(client.upload(each({ part: { case: "data" as const, value } })));
    expect([error.code, error.reason]).to.deep.equal(["RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE"]);
    expect(error.metadata.limit_bytes).to.equal("100000");
    const small = new Uint8Array(99_900);
    expect((await client.upload(each({ part: { case: "data" as const, value: small } }))).sizeBytes).to.equal(99_900n);
  });

  it("tell of responses over what clients take", async () => {
    const client = await start();
    const error = await caught(collect(client.repeat({ count: 1, paddingBytes: 4 * 1024 * 1024 + 1 })));
    expect([error.code, error.reason]).to.deep.equal(["RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE"]);
  });

  it("of the client's own stream come back as they are, and cancel the call", async () => {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    const client = await start({
      collect: async (requests) => {
        try {
          for await (const _ of requests) begun.resolve();
        } catch (error) {
          ended.resolve(error);
          throw error;
        }
        return {};
      },
    });
    const own = new Error("cannot read the file");
    const requests = (async function* () {
      yield { value: 1 };
      await begun.promise;
      throw own;
    })();
    const error = await client.collect(requests).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.equal(own);
    expect(await ended.promise).to.be.instanceOf(Error);
  });

  it("name the method that a server lacks", async () => {
    const client = await start({}, { bindings: [] });
    const error = await caught(client.echo({}));
    expect([error.code, error.reason, error.metadata]).to.deep.equal([
      "UNIMPLEMENTED",
      "METHOD_UNKNOWN",
      { method: "Echo" },
    ]);
    expect((await caught(collect(client.repeat({})))).reason).to.equal("METHOD_UNKNOWN");
  });

  it("tell of headers that cannot travel, without their value", async () => {
    const client = await start();
    for (const headers of [{ authorization: "Bearer secret\n" }, { "x-ö": "" }, { "x-bin": "" }, { "x-name": "ö" }]) {
      const error = await caught(client.echo({}, { headers }));
      expect([error.code, error.reason]).to.deep.equal(["INVALID_ARGUMENT", "HEADER_INVALID"]);
      expect(error.message).not.to.contain("secret");
    }
  });

  it("are RpcError, so that callers can tell them apart", async () => {
    const client = await start();
    expect(await caught(client.echo({ text: "x".repeat(1001) }))).to.be.instanceOf(RpcError);
  });
});
