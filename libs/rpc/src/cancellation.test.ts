import { expect } from "chai";
import { caught, collect, each } from "../testing/caught.ts";
import { onEachTransport } from "../testing/on-each-transport.ts";
import { callOptionsFrom } from "./call-context.ts";
import { RpcError } from "./rpc-error.ts";

/** Resolves when a signal aborts, with its reason. */
function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}

onEachTransport("cancellation", (start) => {
  it("of a call that was never made makes none", async () => {
    let handled = false;
    const client = await start({
      echo: async () => {
        handled = true;
        return {};
      },
    });
    const signal = AbortSignal.abort();
    expect((await caught(client.echo({}, { signal }))).reason).to.equal("CALL_CANCELLED");
    expect((await caught(collect(client.repeat({}, { signal })))).reason).to.equal("CALL_CANCELLED");
    expect(handled).to.equal(false);
  });

  it("of a unary call fails it at once and aborts the handler's signal", async () => {
    const controller = new AbortController();
    const noticed = Promise.withResolvers<unknown>();
    const client = await start({
      echo: async (_, { signal }) => {
        controller.abort();
        noticed.resolve(await aborted(signal));
        return {};
      },
    });
    const error = await caught(client.echo({}, { signal: controller.signal }));
    expect([error.code, error.reason]).to.deep.equal(["CANCELLED", "CALL_CANCELLED"]);
    expect(await noticed.promise).to.include({ reason: "CALL_CANCELLED" });
  });

  it("of a stream of requests reaches the handler as an error, never as the end of the stream", async () => {
    for (let round = 0; round < 25; round++) {
      const begun = Promise.withResolvers<void>();
      const outcome = Promise.withResolvers<unknown>();
      const client = await start({
        collect: async (requests) => {
          try {
            for await (const _ of requests) begun.resolve();
            outcome.resolve("ended as if whole");
          } catch (error) {
            outcome.resolve(error);
            throw error;
          }
          return {};
        },
      });
      const controller = new AbortController();
      const requests = (async function* () {
        yield { value: 1 };
        await begun.promise;
        controller.abort();
        await new Promise(() => undefined);
      })();
      const error = await caught(client.collect(requests, { signal: controller.signal }));
      expect(error.reason).to.equal("CALL_CANCELLED");
      expect(await outcome.promise).to.be.instanceOf(Error);
    }
  });

  it("by leaving a stream of responses early runs the finally of the handler's generator", async () => {
    const cleanedUp = Promise.withResolvers<number>();
    const client = await start({
      repeat: async function* () {
        let sent = 0;
        try {
          for (;;) yield { index: sent++ };
        } finally {
          cleanedUp.resolve(sent);
        }
      },
    });
    for await (const { index } of client.repeat({})) if (index === 3) break;
    expect(await cleanedUp.promise).to.be.greaterThan(3);
  });

  it("wakes a handler that waits for something else than the client", async () => {
    const cleanedUp = Promise.withResolvers<void>();
    const client = await start({
      repeat: () => {
        let wake: ((result: IteratorResult<object>) => void) | undefined;
        let told = false;
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => {
              if (told) return new Promise((resolve) => (wake = resolve));
              told = true;
              return Promise.resolve({ done: false, value: {} });
            },
            return: () => {
              wake?.({ done: true, value: undefined });
              cleanedUp.resolve();
              return Promise.resolve({ done: true as const, value: undefined });
            },
          }),
        };
      },
    });
    for await (const _ of client.repeat({})) break;
    await cleanedUp.promise;
  });

  it("does not reach calls that are over", async () => {
    let signal: AbortSignal | undefined;
    const client = await start({
      echo: async (_, context) => {
        signal = context.signal;
        return {};
      },
    });
    const controller = new AbortController();
    await client.echo({}, { signal: controller.signal });
    controller.abort();
    await client.echo({});
    expect(signal?.aborted).to.equal(false);
  });
});

onEachTransport("deadlines", (start) => {
  it("fail the call and abort the handler's signal when they pass", async () => {
    const noticed = Promise.withResolvers<unknown>();
    const client = await start({
      echo: async (_, { signal, deadlineMs }) => {
        expect(deadlineMs).to.be.a("number");
        noticed.resolve(await aborted(signal));
        return {};
      },
    });
    const error = await caught(client.echo({}, { timeoutMs: 50 }));
    expect([error.code, error.reason]).to.deep.equal(["DEADLINE_EXCEEDED", "DEADLINE_PASSED"]);
    expect(await noticed.promise).to.be.instanceOf(RpcError);
  });

  it("are absent where the client gives none", async () => {
    let deadline: number | undefined = 0;
    const client = await start({
      echo: async (_, { deadlineMs }) => {
        deadline = deadlineMs;
        return {};
      },
    });
    await client.echo({});
    expect(deadline).to.equal(undefined);
  });

  it("end a stream of responses that goes on", async () => {
    const client = await start();
    const error = await caught(collect(client.repeat({}, { timeoutMs: 50 })));
    expect(error.reason).to.equal("DEADLINE_PASSED");
  });
});

onEachTransport("two hops", (start) => {
  it("pass on cancellation", async () => {
    const inner = Promise.withResolvers<unknown>();
    const controller = new AbortController();
    const second = await start({
      echo: async (_, { signal }) => {
        controller.abort();
        inner.resolve(await aborted(signal));
        return {};
      },
    });
    const first = await start({ echo: (request, context) => second.echo(request, callOptionsFrom(context)) });
    const error = await caught(first.echo({}, { signal: controller.signal }));
    expect(error.reason).to.equal("CALL_CANCELLED");
    expect(await inner.promise).to.be.instanceOf(RpcError);
  });

  it("pass on the deadline and the request id", async () => {
    const seen: { deadlineMs: number | undefined; requestId: string }[] = [];
    const second = await start({
      echo: async (_, { deadlineMs, requestId }) => {
        seen.push({ deadlineMs, requestId });
        return {};
      },
    });
    const first = await start({
      echo: async (request, context) => {
        seen.push({ deadlineMs: context.deadlineMs, requestId: context.requestId });
        return second.echo(request, callOptionsFrom(context));
      },
    });
    await first.echo({}, { timeoutMs: 30_000 });
    const [outer, inner] = seen;
    expect(inner?.requestId).to.equal(outer?.requestId);
    // The wire carries what remains in whole milliseconds.
    expect(inner?.deadlineMs).to.be.closeTo(outer?.deadlineMs ?? 0, 50);
  });

  it("pass on errors with their details", async () => {
    const second = await start();
    const first = await start({ repeat: (request, context) => second.repeat(request, callOptionsFrom(context)) });
    expect((await collect(first.repeat({ count: 3 }))).length).to.equal(3);
    const third = await start({
      echo: async (_, context) => second.echo({ text: "x".repeat(1001) }, callOptionsFrom(context)),
    });
    const error = await caught(third.echo({}));
    expect([error.reason, error.fields[0]?.field]).to.deep.equal(["REQUEST_INVALID", "text"]);
  });
});

onEachTransport("the early end of a stream of requests", (start) => {
  it("by the handler's answer ends the client's iterable", async () => {
    const client = await start({
      collect: async (requests) => {
        for await (const { value } of requests) if (value === 2) return { count: 2 };
        return {};
      },
    });
    const ended = Promise.withResolvers<number>();
    const requests = (async function* () {
      let value = 0;
      try {
        for (;;) {
          yield { value: value++ };
          await new Promise(setImmediate);
        }
      } finally {
        ended.resolve(value);
      }
    })();
    expect((await client.collect(requests)).count).to.equal(2);
    expect(await ended.promise).to.be.greaterThan(2);
  });

  it("by an error comes at once, though the client has more to send and is in no hurry", async () => {
    const client = await start();
    const requests = (async function* () {
      yield { value: -1 };
      await new Promise(() => undefined);
    })();
    expect((await caught(client.collect(requests))).reason).to.equal("REQUEST_INVALID");
  });

  it("does not need the client to have sent anything", async () => {
    const client = await start({ collect: async () => ({ count: 9 }) });
    expect((await client.collect(each({ value: 1 }))).count).to.equal(9);
  });
});
