import { expect } from "chai";
import { ConditionCompiler } from "./condition.ts";
import { explain } from "./explain.ts";
import { ANY } from "./shape.ts";

const compiler = new ConditionCompiler({ shapes: { a: ANY, b: ANY, list: ANY, none: ANY } });
const values = {
  a: { f1: 0.79, name: "Ada", on: false },
  b: { f1: 0.81 },
  list: [{ name: "x", f1: 0.9 }, { name: "y", f1: 0.7 }, { name: "z" }],
  none: null,
};

const explanations: [text: string, why: string][] = [
  ["a.f1 >= 0.8", "a.f1 is 0.79, which is not >= 0.8"],
  ["0.8 <= a.f1", "a.f1 is 0.79, which is not >= 0.8"],
  ["a.f1 > b.f1", "a.f1 is 0.79, which is not > b.f1, 0.81"],
  ["a.f2 >= 0.8", "a has no f2"],
  ["a['f2'] >= 0.8", 'a has no ["f2"]'],
  ["has(a.f2)", "a has no f2"],
  ["none.f1 > 0.1", "none is null, and has no f1"],
  ["list[7].f1 > 0.1", "list has 3 elements and no [7]"],
  ["a.name != 'Ada'", 'a.name is "Ada", which is not != "Ada"'],
  ["a.name in ['x', 'y']", 'a.name is "Ada", which is not in ["x", "y"]'],
  ["'x' in [a.name]", '[a.name] is ["Ada"], which is without "x"'],
  ["a.name > 1", 'a.name is "Ada", which is not > 1'],
  ["a.on", 'a.on is false; a is {f1: 0.79, name: "Ada", on: false}'],
  ["!a.name.startsWith('A')", '!a.name.startsWith("A") is false; a.name.startsWith("A") is true'],
  ["a.name.startsWith('B')", 'a.name.startsWith("B") is false; a.name is "Ada"'],
  // What is false decides, whatever else is wrong; what is true is not spoken of.
  ["b.f1 > 0.8 && a.f9 > 1.0 && a.f1 > 0.8", "a.f1 is 0.79, which is not > 0.8"],
  ["a.f1 > 0.8 && a.name == 'Bo'", 'a.f1 is 0.79, which is not > 0.8; a.name is "Ada", which is not == "Bo"'],
  ["a.f8 > 0.8 && b.f1 > 0.1", "a has no f8"],
  ["a.f1 > 0.8 || a.f2 > 0.8", "a.f1 is 0.79, which is not > 0.8, and a has no f2"],
  ["b.f1 > 0.8 ? a.f1 > 0.8 : true", "as b.f1 > 0.8 is true, a.f1 is 0.79, which is not > 0.8"],
  ["list.all(e, e.f1 > 0.8)", "with e = list[1], e.f1 is 0.7, which is not > 0.8"],
  ["list.all(e, e.f1 > 0.6)", "with e = list[2], e has no f1"],
  [
    "list.exists(e, e.name == 'q')",
    'list.exists(e, e.name == "q") is false; list is [{name: "x", f1: 0.9}, {name: "y", f1: 0.7}, {name: "z"}]',
  ],
  [
    "list.filter(e, e.name != 'z').all(e, e.f1 > 0.8)",
    'with e = list.filter(e, e.name != "z")[1], e.f1 is 0.7, which is not > 0.8',
  ],
  ["size(list) == 2", "size(list) is 3, which is not == 2"],
  ["1 / 0 == 1", "1 / 0 has no value: int divide by zero"],
];

describe("explain", () => {
  for (const [text, why] of explanations) {
    it(`${text}: ${why}`, () => {
      expect(explain(compiler.compile(text), values, { leftUnits: 10_000 })).to.equal(why);
    });
  }

  it("cuts what is long", () => {
    const long = { ...values, a: { name: "n".repeat(1_000), all: Array.from({ length: 50 }, (_, n) => n) } };
    const why = (text: string) => explain(compiler.compile(text), long, { leftUnits: 10_000 });
    expect(why("a.name == ''")).to.equal(`a.name is "${"n".repeat(100)}…", which is not == ""`);
    expect(why("a.all == []")).to.equal("a.all is [0, 1, 2, 3, 4, … 50 in all], which is not == []");
    const many = Array.from({ length: 100 }, (_, index) => `a.name == '${index}'`).join(" || ");
    expect(why(many)).to.have.length(4096).and.to.match(/…$/);
  });

  it("ends where it would cost too much", () => {
    const why = explain(compiler.compile("list.all(e, e.f1 > 0.8)"), values, { leftUnits: 3 });
    expect(why).to.equal("it costs too much on these values: use fewer or shorter loops");
  });
});
