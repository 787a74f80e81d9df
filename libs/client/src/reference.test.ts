import { expect } from "chai";
import { parseReference } from "./reference.ts";

describe("parseReference", () => {
  const cases: [string, string, string, parent?: string][] = [
    ["iris", "iris", ""],
    ["iris@production", "iris", "production"],
    ["iris@^1.2", "iris", "^1.2"],
    ["垃圾 邮件@1.0.0-rc.1", "垃圾 邮件", "1.0.0-rc.1"],
    ["models/iris/versions/1.2.0", "iris", "1.2.0"],
    ["models/iris", "iris", ""],
    ["tenants/acme/models/iris/versions/1.2.0", "iris", "1.2.0", "tenants/acme/models/iris"],
    ["tenants/acme/models/iris@latest", "iris", "latest", "tenants/acme/models/iris"],
    ["tenants/acme/models/iris", "iris", "", "tenants/acme/models/iris"],
    ["models/iris@^1", "iris", "^1"],
    ["https://host/tenants/acme/models/%E8%99%B9/versions/2.0.0", "虹", "2.0.0", "tenants/acme/models/虹"],
    ["http://127.0.0.1:7080/models/spam%20filter/versions/1.2.0", "spam filter", "1.2.0"],
    ["https://models.example.com/models/%E8%99%B9/versions/2.0.0", "虹", "2.0.0"],
  ];
  for (const [text, model, selector, parent = `models/${model}`] of cases) {
    it(`reads ${text}`, () => expect(parseReference(text)).to.deep.equal({ model, parent, selector }));
  }
  for (const text of [
    "",
    "@1.0.0",
    "iris@",
    "models/iris@",
    "models/iris/versions/",
    "http://host/",
    "http://host/models/a/b/c",
  ]) {
    it(`refuses "${text}" with the forms that exist`, () =>
      expect(() => parseReference(text)).to.throw(/names no model.*iris@production/));
  }
});
