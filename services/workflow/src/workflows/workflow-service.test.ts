import { expect } from "chai";
import { refusal } from "../testing/refusal.ts";
import { httpStep } from "../testing/steps.ts";
import { acme, umbrella } from "../testing/tenants.ts";
import { startWorkflow, type WorkflowServer } from "../testing/workflow-server.ts";

const steps = [httpStep("call", "https://hooks.example.com/x")];

describe("WorkflowService", () => {
  let server: WorkflowServer;
  beforeEach(async () => {
    server = await startWorkflow({ workers: 0 });
  });
  afterEach(() => server.close());

  it("creates, shows, changes and deletes a definition", async () => {
    const { workflows } = server.as();
    const { workflow: created, changed } = await workflows.applyWorkflow({
      workflow: { name: "workflows/notify", steps },
    });
    expect(changed).to.equal(true);
    expect(created).to.include({
      name: "workflows/notify",
      revision: 1n,
      system: false,
      creator: "users/alice",
      etag: "r1",
    });
    expect(created?.uid).to.match(/^[0-9a-f-]{36}$/);
    expect(created?.digest).to.match(/^[0-9a-f]{64}$/);
    expect(created?.steps[0]?.totalTimeout?.seconds).to.equal(3600n);

    const shown = await workflows.getWorkflow({ name: "tenants/acme/workflows/notify" });
    expect(shown.workflow).to.deep.equal(created);

    const { workflow: described } = await workflows.applyWorkflow({
      workflow: { name: "workflows/notify", steps, description: "tells people" },
    });
    expect(described).to.include({ revision: 2n, etag: "r2", uid: created?.uid, description: "tells people" });
    expect(described?.digest).not.to.equal(created?.digest);

    await workflows.deleteWorkflow({ name: "workflows/notify" });
    await refusal(workflows.getWorkflow({ name: "workflows/notify" }), "WORKFLOW_NOT_FOUND");
    const again = await workflows.applyWorkflow({ workflow: { name: "workflows/notify", steps } });
    expect(again.workflow?.uid).not.to.equal(created?.uid);
  });

  it("changes nothing when the same definition is applied again", async () => {
    const { workflows } = server.as();
    const first = await workflows.applyWorkflow({ workflow: { name: "workflows/notify", steps } });
    const second = await workflows.applyWorkflow({ workflow: { name: "workflows/notify", steps } });
    if (first.workflow === undefined) throw new Error("the reply has no workflow");
    const shown = await workflows.applyWorkflow({ workflow: first.workflow });
    expect(second).to.deep.equal({ ...first, changed: false });
    expect(shown.changed).to.equal(false);
  });

  it("heeds etags", async () => {
    const { workflows } = server.as();
    await refusal(workflows.applyWorkflow({ workflow: { name: "workflows/a", steps, etag: "r1" } }), "ETAG_MISMATCH");
    await workflows.applyWorkflow({ workflow: { name: "workflows/a", steps } });
    const change = { name: "workflows/a", steps, description: "x" };
    await refusal(workflows.applyWorkflow({ workflow: { ...change, etag: "r7" } }), "ETAG_MISMATCH");
    await workflows.applyWorkflow({ workflow: { ...change, etag: "r1" } });
    await refusal(workflows.deleteWorkflow({ name: "workflows/a", etag: "r1" }), "ETAG_MISMATCH");
    await workflows.deleteWorkflow({ name: "workflows/a", etag: "r2" });
  });

  it("gives the first reply again under a request id", async () => {
    const { workflows } = server.as();
    const requestId = crypto.randomUUID();
    const request = { workflow: { name: "workflows/a", steps }, requestId };
    const first = await workflows.applyWorkflow(request);
    expect(await workflows.applyWorkflow(request)).to.deep.equal(first);
    const other = { ...request, workflow: { name: "workflows/b", steps } };
    await refusal(workflows.applyWorkflow(other), "REQUEST_ID_REUSED");
  });

  it("refuses what cannot run, with every problem at its field, and says the same when asked to validate", async () => {
    const { workflows } = server.as();
    const workflow = {
      name: "workflows/Bad_Name",
      triggers: [{ eventType: "slipway.model.created", filter: "event.nope" }],
      steps: [httpStep("a", "ftp://x.example/", ["b"]), httpStep("b", "https://x.example/", ["a"])],
    };
    const error = await refusal(workflows.applyWorkflow({ workflow }), "WORKFLOW_INVALID");
    expect(error.fields.map(({ field }) => field)).to.deep.equal([
      "workflow.name",
      "workflow.triggers[0].filter",
      "workflow.steps[0].http.url",
      "workflow.steps",
    ]);
    expect(error.fields[3]?.description).to.include("a → b → a");
    const same = await refusal(workflows.validateWorkflow({ workflow }), "WORKFLOW_INVALID");
    expect(same.fields).to.deep.equal(error.fields);
    await workflows.validateWorkflow({ workflow: { name: "workflows/good", steps } });
    await refusal(workflows.getWorkflow({ name: "workflows/good" }), "WORKFLOW_NOT_FOUND");
  });

  it("shows admission before all and lets nobody change it", async () => {
    const { workflows } = server.as();
    for (const name of ["b", "a"]) await workflows.applyWorkflow({ workflow: { name: `workflows/${name}`, steps } });
    const names: string[] = [];
    for (const pageSize of [0, 1, 2]) {
      let pageToken = "";
      do {
        const page = await workflows.listWorkflows({ pageSize, pageToken });
        if (pageSize > 0) expect(page.workflows.length).to.be.at.most(pageSize);
        names.push(...page.workflows.map(({ name }) => name));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(names.splice(0)).to.deep.equal(["workflows/admission", "workflows/b", "workflows/a"]);
    }
    const { workflow } = await workflows.getWorkflow({ name: "workflows/admission" });
    expect(workflow).to.include({ system: true });
    expect(workflow?.steps.map(({ id }) => id)).to.deep.equal(["proof", "inspect", "finish"]);
    const name = "workflows/admission";
    await refusal(workflows.applyWorkflow({ workflow: { name, steps } }), "WORKFLOW_SYSTEM");
    await refusal(workflows.deleteWorkflow({ name }), "WORKFLOW_SYSTEM");
    await refusal(workflows.validateWorkflow({ workflow: { name, steps } }), "WORKFLOW_INVALID");
  });

  it("keeps tenants apart", async () => {
    const { workflow } = await server.as().workflows.applyWorkflow({ workflow: { name: "workflows/a", steps } });
    await server.as().workflows.applyWorkflow({ workflow: { name: "workflows/b", steps } });
    const { nextPageToken } = await server.as().workflows.listWorkflows({ pageSize: 2 });
    const { workflows } = server.as(umbrella);
    await refusal(workflows.getWorkflow({ name: "workflows/a" }), "WORKFLOW_NOT_FOUND");
    await refusal(workflows.deleteWorkflow({ name: "workflows/a" }), "WORKFLOW_NOT_FOUND");
    await refusal(workflows.listWorkflows({ pageToken: nextPageToken }), "PAGE_TOKEN_INVALID");
    const { workflows: listed } = await workflows.listWorkflows({});
    expect(listed.map(({ name }) => name)).to.deep.equal(["workflows/admission"]);
    const { workflow: own } = await workflows.applyWorkflow({ workflow: { name: "workflows/a", steps } });
    expect(own?.uid).not.to.equal(workflow?.uid);
    const named = workflows.getWorkflow({ name: "tenants/acme/workflows/a" });
    expect(await named.catch((error: { code: string }) => error))
      .to.have.property("code")
      .that.is.oneOf(["PERMISSION_DENIED", "NOT_FOUND"]);
  });

  it("asks for the role of a contributor to change definitions", async () => {
    const { workflows } = server.as({ ...acme, role: "viewer" });
    await refusal(workflows.applyWorkflow({ workflow: { name: "workflows/a", steps } }), "ROLE_REQUIRED");
    await workflows.validateWorkflow({ workflow: { name: "workflows/a", steps } });
  });

  it("shows the values of headers only to those who may change them, and to nobody in events", async () => {
    const headers = { Authorization: "Bearer secret" };
    const action = { case: "http", value: { url: "https://hooks.example.com/x", headers } } as const;
    const name = "workflows/a";
    await server.as().workflows.applyWorkflow({ workflow: { name, steps: [httpStep("call", "", [], { action })] } });
    const headersFor = async (role: "viewer" | "contributor") => {
      const { workflow } = await server.as({ ...acme, role }).workflows.getWorkflow({ name });
      return workflow?.steps[0]?.action.value;
    };
    expect(await headersFor("contributor")).to.have.deep.property("headers", headers);
    expect(await headersFor("viewer")).to.have.deep.property("headers", { Authorization: "(hidden)" });
    const viewer = server.as({ ...acme, role: "viewer" });
    expect(JSON.stringify((await viewer.workflows.listWorkflows({})).workflows[1]?.steps[0]?.action)).not.to.include(
      "secret",
    );

    await server.as().workflows.deleteWorkflow({ name });
    const types: string[] = [];
    for await (const { event } of server.as({ ...acme, role: "contributor" }).events.watchEvents({})) {
      types.push(event?.type ?? "");
      expect(event).to.include({ subject: "tenants/acme/workflows/a", actor: "users/alice" });
      expect(JSON.stringify(event?.payload)).to.include("(hidden)").and.not.to.include("secret");
      if (types.length === 2) break;
    }
    expect(types).to.deep.equal(["slipway.workflow.applied", "slipway.workflow.deleted"]);
  });

  it("lets one of many at once create a name, and the others find it there", async () => {
    const { workflows } = server.as();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => workflows.applyWorkflow({ workflow: { name: "workflows/a", steps } })),
    );
    expect(replies.filter(({ changed }) => changed)).to.have.length(1);
    expect(new Set(replies.map(({ workflow }) => workflow?.uid)).size).to.equal(1);
  });
});
