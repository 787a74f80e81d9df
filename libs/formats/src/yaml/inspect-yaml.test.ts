import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";

describe("YAML", () => {
  const cases: [string, readonly string[]][] = [
    ["name: iris\nchannels: [defaults]\n", []],
    ["size: !!python/tuple [1, 2]\n", []],
    ["args: !!python/object:argparse.Namespace {}\n", ["yaml.object"]],
    ['x: !!python/object/apply:os.system ["true"]\n', ["yaml.call"]],
    ["x: !<tag:yaml.org,2002:python/object/new:os.system> []\n", ["yaml.call"]],
    ["x: !!python/name:os.system\n", ["yaml.call"]],
  ];
  for (const [yaml, rules] of cases) {
    it(`finds ${JSON.stringify(rules)} in ${JSON.stringify(yaml)}`, async () => {
      expect((await inspectBytes("conda.yaml", Buffer.from(yaml))).rules).to.deep.equal(rules);
    });
  }
});
