import { expect } from "chai";
import fc from "fast-check";
import { ResourceName } from "./resource-name.ts";
import { RESOURCE_NAMES } from "./resource-names.ts";
import { RpcError } from "./rpc-error.ts";

function reasonOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof RpcError) return error.reason;
    throw error;
  }
  return undefined;
}

/** `parseIn` of a form, for somebody in the tenant acme. */
function inTenant(form: (typeof RESOURCE_NAMES)[keyof typeof RESOURCE_NAMES]) {
  return { pattern: form.pattern, parseIn: (name: string): unknown => form.parseIn("acme", name, "name") };
}

const part = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => !/[/\p{Cc}]/u.test(text) && text.isWellFormed());

describe("resource names", () => {
  it("are relative to the caller's tenant, or full", () => {
    expect(RESOURCE_NAMES.version.parse("models/my iris/versions/1.2.0", "name")).to.deep.equal({
      model: "my iris",
      number: "1.2.0",
    });
    expect(RESOURCE_NAMES.model.parse("tenants/acme/models/iris", "name")).to.deep.equal({
      tenant: "acme",
      model: "iris",
    });
    expect(RESOURCE_NAMES.tenant.parse("tenants/acme", "name")).to.deep.equal({ tenant: "acme" });
    expect(RESOURCE_NAMES.tenant.format({ tenant: "acme" })).to.equal("tenants/acme");
  });

  it("come back from their parts", () => {
    fc.assert(
      fc.property(part, part, fc.option(part, { nil: undefined }), (model, number, tenant) => {
        const values = { model, number, ...(tenant === undefined ? {} : { tenant }) };
        const name = RESOURCE_NAMES.version.format(values);
        expect(RESOURCE_NAMES.version.parse(name, "name")).to.deep.equal(values);
      }),
    );
  });

  it("of another form are refused with the form in the message", () => {
    const refused = [
      "",
      "iris",
      "models",
      "models/",
      "models//",
      "/models/iris",
      "models/iris/",
      "models/iris/versions",
      "Models/iris",
      "uploads/iris",
      "tenants/acme/uploads/x",
      "tenants//models/iris",
      "tenants/acme/tenants/acme/models/iris",
      "models/a\u0000b",
      "models/a\nb",
      `models/${"x".repeat(257)}`,
    ];
    for (const name of refused) {
      expect(
        reasonOf(() => RESOURCE_NAMES.model.parse(name, "name")),
        JSON.stringify(name),
      ).to.equal("RESOURCE_NAME_INVALID");
    }
    expect(() => RESOURCE_NAMES.model.parse("iris", "name")).to.throw("models/{model}");
    expect(reasonOf(() => RESOURCE_NAMES.tenant.parse("tenants/a/tenants/b", "name"))).to.equal(
      "RESOURCE_NAME_INVALID",
    );
    expect(RESOURCE_NAMES.model.parse(`models/${"𝛼".repeat(256)}`, "name").model.length).to.equal(512);
  });

  it("of another tenant are told apart from the caller's own", () => {
    const { model } = RESOURCE_NAMES;
    expect(model.parseIn("acme", "models/iris", "name").model).to.equal("iris");
    expect(model.parseIn("acme", "tenants/acme/models/iris", "name").model).to.equal("iris");
    expect(model.parseIn("acme", "tenants/acme/models/iris", "name")).to.deep.equal({ model: "iris" });
    for (const { pattern, parseIn } of Object.values(RESOURCE_NAMES).map(inTenant)) {
      for (const tenant of ["other", "", "acme2"]) {
        expect(
          reasonOf(() => parseIn(`tenants/${tenant}/${pattern}`)),
          pattern,
        ).to.equal("TENANT_FORBIDDEN");
      }
    }
  });

  it("have digests and uids of one form only", () => {
    const digest = "0123456789abcdef".repeat(4);
    const uid = "01234567-89ab-7cde-8f01-23456789abcd";
    const { artifact, upload } = RESOURCE_NAMES;
    expect(artifact.parseIn("acme", `tenants/acme/artifacts/${digest}`, "name").digest).to.equal(digest);
    expect(upload.parseIn("acme", `uploads/${uid}`, "name").uid).to.equal(uid);
    const refused = [
      `artifacts/${digest}/`,
      `artifacts/${digest.toUpperCase()}`,
      `artifacts/${digest}0`,
      "artifacts/",
      digest,
      `uploads/${uid}`,
      "artifacts/../../x",
    ];
    for (const name of refused)
      expect(reasonOf(() => artifact.parseIn("acme", name, "name"))).to.equal("RESOURCE_NAME_INVALID");
    expect(() => upload.parse("uploads/1", "name")).to.throw('"1" is not a uid');
  });

  it("take any pattern", () => {
    const steps = new ResourceName("runs/{run}/steps/{step}");
    expect(steps.parse("runs/r1/steps/s1", "name")).to.deep.equal({ run: "r1", step: "s1" });
  });
});
