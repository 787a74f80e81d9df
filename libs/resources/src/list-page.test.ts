import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CollectionDefinition, DocumentStore, Ordering, Write } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import { systemClock, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import { commitOrThrow } from "./commit.ts";
import { listPage } from "./list-page.ts";

const things: CollectionDefinition = {
  name: "things",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => ({ terms: [`parity:${(body.n as number) % 2}`], numbers: { n: body.n as number } }),
};
const descending: Ordering = { by: { number: "n" }, direction: "descending" };
const even = { term: "parity:0" };

describe("listPage", () => {
  let folder: string;
  let documents: DocumentStore;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-resources-"));
    const path = join(folder, "x.sqlite");
    ({ documents } = await openSqliteDocuments({ path, collections: [things], clock: systemClock }));
    const writes = ["t1", "t2"].flatMap((tenant) =>
      Array.from({ length: 60 }, (_, n): Write => {
        return { kind: "insert", key: { tenant, collection: "things", id: `${n}` }, body: { n } };
      }),
    );
    await commitOrThrow(documents, systemIds, writes);
  });
  after(async () => {
    await documents.close();
    await rm(folder, { recursive: true });
  });

  const list = async (query: object, pageSize: number, pageToken: string, tenant = "t1") => {
    const page = await listPage(documents, { tenant, collection: "things", ...query }, { pageSize, pageToken });
    return { numbers: page.documents.map(({ body }) => body.n), nextPageToken: page.nextPageToken };
  };

  it("goes through everything once, in order, and then gives no token", async () => {
    const first = await list({ filter: even, ordering: descending }, 20, "");
    const second = await list({ filter: even, ordering: descending }, 20, first.nextPageToken);
    const expected = Array.from({ length: 30 }, (_, i) => 58 - 2 * i);
    expect([...first.numbers, ...second.numbers]).to.deep.equal(expected);
    expect(second.nextPageToken).to.equal("");
  });

  it("has 50 on a page unless told otherwise", async () => {
    expect((await list({}, 0, "")).numbers).to.have.lengthOf(50);
  });

  it("refuses a token of another query, another order, another tenant, or none of ours", async () => {
    const { nextPageToken } = await list({ filter: even }, 5, "");
    const forged = Buffer.from(JSON.stringify(["x", 1, null])).toString("base64url");
    const attempts = [
      list({}, 5, nextPageToken),
      list({ filter: even, ordering: descending }, 5, nextPageToken),
      list({ filter: even }, 5, nextPageToken, "t2"),
      list({ filter: even }, 5, "nonsense"),
      list({ filter: even }, 5, forged),
    ];
    for (const error of await Promise.all(attempts.map((attempt) => attempt.catch((thrown: unknown) => thrown)))) {
      expect(error).to.have.property("reason", "PAGE_TOKEN_INVALID");
    }
  });
});
