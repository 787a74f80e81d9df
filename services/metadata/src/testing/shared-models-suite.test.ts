import { create } from "@bufbuild/protobuf";
import { TenantSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import type { Caller } from "@slipway/rpc";
import { expect } from "chai";
import { insertTenant } from "../access/access-store.ts";
import {
  type Clients,
  type MetadataServer,
  type OpenDocuments,
  acme as owner,
  refusal,
  startMetadata,
} from "./metadata-server.test.ts";

const GLOBEX: Partial<Caller> = { tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "globex" };

/** What must hold of lists of what other tenants share. */
export function describeSharedModels(engine: string, open?: OpenDocuments): void {
  describe(`the list of what other tenants share on ${engine}`, () => {
    let server: MetadataServer;
    let acme: Clients;
    /** A viewer of another tenant. */
    let viewer: Clients;
    before(async () => {
      server = await startMetadata(undefined, open);
      const tenant = create(TenantSchema, { name: "tenants/acme", uid: owner.tenantUid });
      await server.documents.commit([insertTenant(tenant, "acme")], server.ids.uid());
      acme = server.as({ role: "admin" });
      const globex = server.as({ ...GLOBEX, role: "admin" });
      viewer = server.as({ ...GLOBEX, role: "viewer", principal: "users/bob" });
      for (const [name, author] of [
        ["a", "Ada"],
        ["b", ""],
        ["c", "Bob"],
        ["kept", "Ada"],
      ] as const) {
        await acme.models.createModel({ model: { name: `models/${name}`, author, labels: [`of-${name}`] } });
        if (name !== "kept") await acme.models.shareModel({ name: `models/${name}` });
      }
      for (const name of ["own", "kept"]) await globex.models.createModel({ model: { name: `models/${name}` } });
      await globex.models.shareModel({ name: "models/own" });
    });
    after(() => server?.close());

    const list = async (request: Parameters<Clients["models"]["listModels"]>[0] = {}, who = viewer) =>
      (await who.models.listModels({ shared: true, ...request })).models.map(({ name }) => name);
    const named = (...names: string[]) => names.map((name) => `tenants/acme/models/${name}`);

    it("has their full names and what GetModel says, and nothing else of them", async () => {
      expect(await list()).to.deep.equal(named("a", "b", "c"));
      expect(await list({}, acme)).to.deep.equal(["tenants/globex/models/own"]);
      const { models } = await viewer.models.listModels({ shared: true });
      for (const model of models) {
        expect(model).to.deep.equal((await viewer.models.getModel({ name: model.name })).model);
      }
      expect(await list({ shared: false })).to.deep.equal(["models/own", "models/kept"]);
    });

    it("takes filters, words, orders, pages and counts", async () => {
      expect(await list({ filter: 'name = "b" OR labels = of-c' })).to.deep.equal(named("b", "c"));
      expect(await list({ filter: "author = Ada" })).to.deep.equal(named("a"));
      expect(await list({ query: "bob" })).to.deep.equal(named("c"));
      expect(await list({ orderBy: "name desc" })).to.deep.equal(named("c", "b", "a"));
      expect(await list({ orderBy: "author desc" })).to.deep.equal(named("c", "a"));
      const paged: string[] = [];
      let pageToken = "";
      do {
        const page = await viewer.models.listModels({ shared: true, orderBy: "name", pageSize: 1, pageToken });
        expect(page.models.length).to.be.most(1);
        paged.push(...page.models.map(({ name }) => name));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(paged).to.deep.equal(named("a", "b", "c"));
      const counted = await viewer.models.listModels({ shared: true, includeTotalSize: true, facets: ["author"] });
      expect(counted.totalSize).to.equal(3);
      expect(counted.facets[0]?.values.map(({ value, count }) => [value, count])).to.deep.equal([
        ["Ada", 1],
        ["Bob", 1],
      ]);
      expect((await viewer.models.listModels({ shared: true, includeTotalSize: true })).totalSize).to.equal(3);
    });

    it("refuses what lists refuse, and tokens of other lists and tenants", async () => {
      const { nextPageToken: pageToken } = await viewer.models.listModels({ shared: true, pageSize: 1 });
      const calls = [
        viewer.models.listModels({ pageToken }),
        acme.models.listModels({ shared: true, pageToken }),
        viewer.models.listModels({ shared: true, filter: "author = Ada", pageToken }),
      ];
      await Promise.all(calls.map((call) => refusal(call, "PAGE_TOKEN_INVALID")));
      await refusal(list({ filter: "colour = red" }), "FILTER_INVALID");
    });

    it("loses what is taken back, deleted or purged, and has what is undeleted again", async () => {
      await acme.models.unshareModel({ name: "models/a" });
      await acme.models.deleteModel({ name: "models/b" });
      expect(await list({ showDeleted: true })).to.deep.equal(named("c"));
      await acme.models.undeleteModel({ name: "models/b" });
      expect(await list()).to.deep.equal(named("b", "c"));
      await acme.models.renameModel({ name: "models/c", newName: "models/d" });
      expect(await list()).to.deep.equal(named("b", "d"));
      await acme.models.deleteModel({ name: "models/b" });
      await acme.models.purgeModel({ name: "models/b" });
      expect(await list()).to.deep.equal(named("d"));
    });
  });
}
