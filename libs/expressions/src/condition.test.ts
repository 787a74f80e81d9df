import { expect } from "chai";
import { ConditionCompiler } from "./condition.ts";
import { ConditionFailure, ConditionInvalid } from "./errors.ts";
import { ANY, type Shape } from "./shape.ts";

const car: Shape = { kind: "struct", words: "a car", fields: { name: ANY, wheels: ANY } };
const compiler = new ConditionCompiler({ shapes: { car, cars: { kind: "list", of: car }, free: ANY } });
const values = {
  car: { name: "Ada", wheels: 4 },
  cars: [
    { name: "Ada", wheels: 4 },
    { name: "Bea", wheels: 3 },
  ],
  free: { anything: true, long: Array.from({ length: 1000 }, (_, index) => index) },
};

/** A list of lists that doubles with each step, all of it in a few hundred bytes. */
const doubled = (steps: number) => `[1]${".map(x, [x, x])".repeat(steps)}`;

describe("condition", () => {
  const answers: [text: string, holds: boolean][] = [
    ["car.wheels == 4", true],
    ["cars.exists(c, c.wheels == 3)", true],
    ["cars.all(c, c.wheels == 4)", false],
    ["cars[1].name == 'Bea'", true],
    ["car['name'] == 'Ada'", true],
    ["free.anything", true],
    ["free.long.map(x, x + 1.0)[999] == 1000.0", true],
    ["free.long.filter(x, x > 500.0).all(x, x > 499.0)", true],
    ["car.name.matches('^A')", true],
  ];
  for (const [text, holds] of answers) {
    it(`${text} gives ${holds}`, () => {
      expect(compiler.compile(text).holds(values)).to.equal(holds);
    });
  }

  const refused: [text: string, problem: string][] = [
    ["car.doors == 4", 'a car has no field "doors", only name, wheels'],
    ["has(car.doors)", 'a car has no field "doors", only name, wheels'],
    ["car['doors'] == 4", 'a car has no field "doors", only name, wheels'],
    ["cars.all(c, c.doors == 4)", 'a car has no field "doors", only name, wheels'],
    ["cars[0].doors == 4", 'a car has no field "doors", only name, wheels'],
    ["cars.wheels == 4", 'a list has no field "wheels"; use [0], exists or all'],
    ["bus.wheels == 4", 'there is no "bus", only "car", "cars", "free"'],
    ["slipway_loop(true)", 'there is no function "slipway_loop"'],
    ["car.wheels ==", "line 1, character 12: found = but expecting end of input"],
    [`size(${"[".repeat(150)}1${"]".repeat(150)}) == 1`, "it is nested too deep"],
    [`true${" && (true".repeat(150)}${")".repeat(150)}`, "it is nested too deep"],
    [`car.name == '${"x".repeat(2048)}'`, "it is longer than 2048 characters"],
    ["1 + 1", "it must give true or false"],
    ["car", "it must give true or false"],
    ["car.name.size() > 'x'", "> cannot be done with int and string"],
    ["(true || false) > 1", "> cannot be done with bool and int"],
    ["!1", "! cannot be done with int"],
    ["'a' + 1 == 'a1'", "+ cannot be done with string and int"],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${text.slice(0, 60)}`, () => {
      expect(() => compiler.compile(text)).to.throw(ConditionInvalid, problem);
    });
  }

  const failures: [text: string, problem: RegExp][] = [
    ["free.nothing == 1", /nothing/],
    ["free.anything > 1", /overload/],
    ["free.long.map(x, x).map(x, x).map(x, x).map(x, x).all(x, true)", /costs too much/],
    ["free", /does not give true or false/],
    [`${doubled(40)} == ${doubled(40)}`, /costs too much/],
    [`${doubled(40)} in [${doubled(40)}]`, /costs too much/],
    [`size([${doubled(40)}]) == 1`, /costs too much/],
    [`${doubled(40)} == ${doubled(40)} || true`, /costs too much/],
  ];
  for (const [text, problem] of failures) {
    it(`gives no answer for ${text.slice(0, 60)}`, () => {
      const condition = compiler.compile(text);
      expect(() => condition.holds(values)).to.throw(ConditionFailure, problem);
    });
  }

  it("takes what it costs from a budget that several share", () => {
    const budget = { leftUnits: 10 };
    const loop = compiler.compile("cars.all(c, c.wheels > 0.0)");
    expect(loop.holds(values, { budget })).to.equal(true);
    expect(budget.leftUnits).to.be.within(1, 8);
    expect(() => loop.holds(values, { budget }) && loop.holds(values, { budget })).to.throw(
      ConditionFailure,
      "it costs too much",
    );
  });
});
