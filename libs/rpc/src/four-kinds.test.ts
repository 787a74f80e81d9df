import { expect } from "chai";
import { caught, collect, each } from "../testing/caught.ts";
import { onEachTransport } from "../testing/on-each-transport.ts";
import { REQUEST_ID_HEADER } from "./call-context.ts";

onEachTransport("four kinds of methods", (start) => {
  it("answers a unary call", async () => {
    const client = await start();
    expect((await client.echo({ text: "hello" })).text).to.equal("hello");
  });

  it("answers with a stream", async () => {
    const client = await start();
    const answers = await collect(client.repeat({ text: "x", count: 100 }));
    expect(answers.map(({ index }) => index)).to.deep.equal(Array.from({ length: 100 }, (_, index) => index));
  });

  it("takes a stream", async () => {
    const client = await start();
    const { sum, count } = await client.collect(each({ value: 1 }, { value: 2 }, { value: 3 }));
    expect([sum, count]).to.deep.equal([6n, 3]);
  });

  it("takes an empty stream", async () => {
    const client = await start();
    expect((await client.collect(each())).count).to.equal(0);
    expect(await collect(client.converse(each()))).to.deep.equal([]);
  });

  it("converses, each answer before the next request", async () => {
    const client = await start();
    const turns: string[] = [];
    let answered: () => void = () => undefined;
    const answers = client.converse(
      (async function* () {
        for (const text of ["one", "two", "three"]) {
          const answer = new Promise<void>((resolve) => {
            answered = resolve;
          });
          turns.push(`ask ${text}`);
          yield { text };
          await answer;
        }
      })(),
    );
    for await (const { text } of answers) {
      turns.push(`hear ${text}`);
      answered();
    }
    expect(turns).to.deep.equal(["ask one", "hear one", "ask two", "hear two", "ask three", "hear three"]);
  });

  it("passes headers to the handler, and the request id back", async () => {
    let seen: string | undefined;
    const client = await start({
      echo: async (_, { headers }) => {
        seen = headers.get("x-colour");
        return {};
      },
    });
    let id: string | undefined;
    const onHeaders = (headers: ReadonlyMap<string, string>) => {
      id = headers.get(REQUEST_ID_HEADER);
    };
    await client.echo({}, { headers: { "x-colour": "blue", [REQUEST_ID_HEADER]: "req-7" }, onHeaders });
    expect([seen, id]).to.deep.equal(["blue", "req-7"]);
    id = undefined;
    await collect(client.repeat({ count: 1 }, { headers: { [REQUEST_ID_HEADER]: "req-8" }, onHeaders }));
    expect(id).to.equal("req-8");
  });

  it("makes a request id where the client sends none or one that could break a log line", async () => {
    const ids: string[] = [];
    const client = await start({
      echo: async (_, { requestId }) => {
        ids.push(requestId);
        return {};
      },
    });
    await client.echo({});
    await client.echo({}, { headers: { [REQUEST_ID_HEADER]: "x".repeat(129) } });
    for (const id of ids) expect(id).to.match(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).to.equal(2);
  });

  it("validates every request of every kind before the handler has it", async () => {
    const handled: number[] = [];
    const client = await start({
      collect: async (requests) => {
        for await (const { value } of requests) handled.push(value);
        return {};
      },
    });
    const long = "x".repeat(1001);
    const invalid = [
      caught(client.echo({ text: long })),
      caught(collect(client.repeat({ text: long, count: 1 }))),
      caught(client.collect(each({ value: 7 }, { value: -1 }))),
    ];
    for (const error of await Promise.all(invalid)) {
      expect([error.code, error.reason]).to.deep.equal(["INVALID_ARGUMENT", "REQUEST_INVALID"]);
    }
    const [unary] = await Promise.all(invalid);
    expect(unary?.fields).to.deep.equal([
      { field: "text", description: "must be at most 1000 characters", reason: "string.max_len" },
    ]);
    expect(handled).to.deep.equal([7]);
  });

  it("does not share objects between the two sides", async () => {
    let kept: Uint8Array | undefined;
    const client = await start({
      upload: async (requests) => {
        for await (const { part } of requests) if (part.case === "data") kept = part.value;
        return {};
      },
    });
    const value = new Uint8Array([1, 2, 3]);
    await client.upload(each({ part: { case: "data" as const, value } }));
    value.fill(9);
    expect([...(kept ?? [])]).to.deep.equal([1, 2, 3]);
  });
});
