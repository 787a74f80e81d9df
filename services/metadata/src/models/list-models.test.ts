import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";

describe("ListModels", () => {
  let server: MetadataServer;
  let alice: Clients;
  const startMs = Date.parse("2026-11-22T08:00:00Z");

  before(async () => {
    server = await startMetadata();
    alice = server.as();
    for (const [name, author, labels, tags] of [
      ["b", "Ada", ["vision"], { env: "prod" }],
      ["a", "Bob", ["vision", "small"], { env: "test", "a.b": "c d" }],
      ["d", "Ada", [], {}],
      ["c", "", ["text"], { env: "prod", long: "x".repeat(1024), ["k".repeat(128)]: "v".repeat(1024) }],
    ] as [string, string, string[], Record<string, string>][]) {
      await alice.models.createModel({ model: { name: `models/${name}`, author, labels, tags } });
      server.clock.advance(1000);
    }
    await alice.models.updateModel({ model: { name: "models/b", description: "changed last" } });
  });
  after(() => server.close());

  const names = async (request: Parameters<Clients["models"]["listModels"]>[0]) =>
    (await alice.models.listModels(request)).models.map(({ name }) => name.slice("models/".length));

  const filters: [filter: string, found: string[]][] = [
    ["", ["b", "a", "d", "c"]],
    ['author = "Ada"', ["b", "d"]],
    ["author != Ada", ["a", "c"]],
    ['author = ""', ["c"]],
    ['labels = "vision" AND tags.env = "prod"', ["b"]],
    ['labels = "vision" OR labels = "text"', ["b", "a", "c"]],
    ["NOT tags.env = prod", ["a", "d"]],
    ['tags.a.b = "c d"', ["a"]],
    [`tags.${"k".repeat(128)} = "${"v".repeat(1024)}"`, ["c"]],
    [`tags.${"k".repeat(128)} != "${"v".repeat(1024)}"`, ["b", "a", "d"]],
    [`tags.${"k".repeat(128)} = "${"v".repeat(1023)}"`, []],
    ["name = a OR name = models/b", ["b", "a"]],
    ["creator = users/alice AND name = d", ["d"]],
    ["version_count > 0", []],
    ["name = b*", ["b"]],
    ['name = "models/*"', ["b", "a", "d", "c"]],
    ["labels:vision -author = Bob", ["b"]],
    ["labels:*", ["b", "a", "c"]],
    ["labels = vis*", ["b", "a"]],
    ["tags:env", ["b", "a", "c"]],
    ["tags:a.b", ["a"]],
    ["NOT tags:*", ["d"]],
    ["tags.env = p*", ["b", "c"]],
    ["tags.env:*", ["b", "a", "c"]],
    [`tags.long = "xx*" AND tags.long != "${"x".repeat(1023)}"`, ["c"]],
    ["NOT author:*", ["c"]],
    ["description:*", ["b"]],
    ["NOT description:* author = Ada", ["d"]],
    ["delete_time:*", []],
    ["alias:*", []],
    ["last", ["b"]],
    ["LAST changed", ["b"]],
    ["prod OR Bob", ["b", "a", "c"]],
    ["prod NOT text", ["b"]],
    ["la*", ["b"]],
    ['"c d" vision', ["a"]],
    ["version_count = 0 AND author = Bob", ["a"]],
    [`create_time >= "${new Date(startMs + 2000).toISOString()}"`, ["d", "c"]],
    [`create_time < "2026-11-22T10:00:01+02:00"`, ["b"]],
    [`update_time > "${new Date(startMs + 3000).toISOString()}"`, ["b"]],
  ];
  for (const [filter, found] of filters) {
    it(`finds ${found.join(", ") || "nothing"} by ${filter.slice(0, 60)}`, async () => {
      expect(await names({ filter })).to.deep.equal(found);
    });
  }

  const orders: [orderBy: string, found: string[]][] = [
    ["create_time desc", ["c", "d", "a", "b"]],
    ["name", ["a", "b", "c", "d"]],
    ["name desc", ["d", "c", "b", "a"]],
    ["update_time", ["a", "d", "c", "b"]],
    ["author", ["b", "d", "a"]],
  ];
  for (const [orderBy, found] of orders) {
    it(`orders by ${orderBy}, in pages too`, async () => {
      expect(await names({ orderBy })).to.deep.equal(found);
      const paged: string[] = [];
      let pageToken = "";
      do {
        const page = await alice.models.listModels({ orderBy, pageSize: 1, pageToken });
        paged.push(...page.models.map(({ name }) => name.slice("models/".length)));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(paged).to.deep.equal(found);
    });
  }

  const badFilters: [filter: string, position: string, problem: string][] = [
    ["colour = red", "1", 'there is no field "colour"'],
    ["author = Ada AND", "17", "found the end"],
    ["author == Ada", "9", "expected a value"],
    ["(author = Ada", "14", "expected"],
    ['author = "Ada', "10", ""],
    ["author < Ada", "10", "use = or !="],
    ["version_count = many", "17", "is not a number"],
    ["create_time > yesterday", "15", "is not a time"],
    ["tags = x", "8", "tags:<key> asks whether it is there"],
    ["author = A*a", "10", "only at the end of a value"],
    ["author:Ada", "8", "asks of a text only whether it is there"],
    ["description = x", "15", "only description:* is known"],
    ["vision ++", "8", "no letter and no digit"],
  ];
  for (const [filter, position, problem] of badFilters) {
    it(`says where ${filter} is wrong`, async () => {
      const error = await refusal(alice.models.listModels({ filter }), "FILTER_INVALID");
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.metadata.position).to.equal(position);
      expect(error.message).to.contain(`at character ${position}`).and.contain(problem);
    });
  }

  const queries: [query: string, found: string[]][] = [
    ["", ["b", "a", "d", "c"]],
    ["  ", ["b", "a", "d", "c"]],
    ["vision", ["b", "a"]],
    ["Vision PROD", ["b"]],
    ["prod vis", ["b"]],
    ["vis prod", []],
    ["ada", ["b", "d"]],
    ["vision-small", ["a"]],
    ["last b", ["b"]],
    ["nothing", []],
  ];
  for (const [query, found] of queries) {
    it(`finds ${found.join(", ") || "nothing"} by the words "${query}"`, async () => {
      expect(await names({ query })).to.deep.equal(found);
    });
  }

  it("wants words and filter both", async () => {
    expect(await names({ query: "vision", filter: "author = Bob" })).to.deep.equal(["a"]);
  });

  const badQueries: [query: string, problem: string][] = [
    ["a b c d e f g h i j k", "it has 11 words; at most 10"],
    ["+ !", "it has no letter and no digit"],
    [String.fromCodePoint(...Array.from({ length: 50 }, (_, n) => 0x4e00 + n)), "it has 49 parts"],
  ];
  for (const [query, problem] of badQueries) {
    it(`refuses the words ${query.slice(0, 30)}`, async () => {
      const error = await refusal(alice.models.listModels({ query }), "QUERY_INVALID");
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.contain(`The query is wrong: ${problem}`);
    });
  }

  for (const orderBy of ["colour", "name up", "name, author", "name desc desc"]) {
    it(`refuses the order ${orderBy}`, async () => {
      const error = await refusal(alice.models.listModels({ orderBy }), "ORDER_BY_INVALID");
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.contain("create_time, name, update_time, version_count");
    });
  }

  it("refuses page tokens of another query, of another tenant, and made up ones", async () => {
    const { nextPageToken: pageToken } = await alice.models.listModels({ pageSize: 1 });
    expect(await names({ pageSize: 10, pageToken })).to.deep.equal(["a", "d", "c"]);
    const other = server.as({ tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "other" });
    const calls = [
      alice.models.listModels({ pageToken, filter: "author = Ada" }),
      alice.models.listModels({ pageToken, query: "vision" }),
      alice.models.listModels({ pageToken, orderBy: "name" }),
      alice.models.listModels({ pageToken, showDeleted: true }),
      alice.models.listModels({ pageToken: "nonsense" }),
      alice.versions.listVersions({ parent: "models/-", pageToken }),
      other.models.listModels({ pageToken }),
    ];
    for (const error of await Promise.all(calls.map((call) => refusal(call, "PAGE_TOKEN_INVALID")))) {
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.contain("start again without one");
    }
  });

  it("refuses page sizes out of bounds", async () => {
    expect((await refusal(alice.models.listModels({ pageSize: 1001 }), "REQUEST_INVALID")).fields[0]?.field).to.equal(
      "page_size",
    );
  });
});
