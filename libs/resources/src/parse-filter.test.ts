import type { Filter } from "@slipway/documents";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { enumField, mapField, numberField, textField, timeField } from "./filter-fields.ts";
import { parseFilter } from "./parse-filter.ts";

const fields = {
  author: textField("author"),
  state: enumField("s:state", ["READY", "PUBLISHED"]),
  tags: mapField("t"),
  size_bytes: numberField("size"),
  create_time: timeField("created"),
};
const env: Filter = { term: "t:env=prod" };
const ada: Filter = { term: "author:Ada" };
const large: Filter = { number: "size", min: 5, minExclusive: true };

describe("parseFilter", () => {
  const accepted: [string, Filter | undefined][] = [
    ["", undefined],
    ["   ", undefined],
    ['tags.env = "prod"', env],
    ["tags.env=prod", env],
    ["tags.a.b = c", { term: "t:a.b=c" }],
    ['author = "Ada \\"the first\\""', { term: 'author:Ada "the first"' }],
    ["author = 王小明", { term: "author:王小明" }],
    ["author != Ada", { not: ada }],
    ["state = READY", { term: "s:state:READY" }],
    ["size_bytes > 5", large],
    ["size_bytes <= -0", { number: "size", max: 0 }],
    ["size_bytes != 5", { not: { number: "size", min: 5, max: 5 } }],
    ['create_time >= "1970-01-01T00:00:01Z"', { number: "created", min: 1000 }],
    ["author = Ada AND tags.env = prod", { and: [ada, env] }],
    ["author = Ada AND tags.env = prod OR size_bytes > 5", { and: [ada, { or: [env, large] }] }],
    ["(author = Ada AND tags.env = prod) OR size_bytes > 5", { or: [{ and: [ada, env] }, large] }],
    ["NOT author = Ada", { not: ada }],
    ["-author = Ada AND size_bytes > 5", { and: [{ not: ada }, large] }],
    ["-(author = Ada)", { not: ada }],
    ["author = -Ada", { term: "author:-Ada" }],
    ["NOT (author = Ada OR tags.env = prod)", { not: { or: [ada, env] } }],
  ];
  for (const [text, filter] of accepted) {
    it(`understands ${text || "nothing"}`, () => expect(parseFilter(text, fields)).to.deep.equal(filter));
  }

  const refused: [string, number, string][] = [
    ["author", 7, "expected =, !=, <, <=, > or >=, found the end"],
    ["-color = red", 2, 'there is no field "color"'],
    ["author = a\u0000b", 11, "control characters fit nowhere"],
    ["author =", 9, "expected a value, found the end"],
    ["author = Ada tags.env = prod", 14, 'expected AND, OR or the end, found "tags.env"'],
    ["王 = 1", 1, 'there is no field "王", use one of author, state, tags.<key>, size_bytes, create_time'],
    ["author = 王 AND color = red", 16, 'there is no field "color"'],
    ["tags = prod", 1, 'there is no field "tags"'],
    ["author.x = y", 1, 'there is no field "author.x"'],
    ["constructor = y", 1, 'there is no field "constructor"'],
    ["author > Ada", 10, '">" does not work on text, use = or !='],
    ["state = ready", 9, '"ready" is none of READY, PUBLISHED'],
    ["size_bytes = big", 14, '"big" is not a number'],
    ["create_time > 2026-01-01", 15, '"2026-01-01" is not a time'],
    ['author = "Ada', 10, "the quotation mark is never closed"],
    ["author = Ada AND", 17, "expected a field or (, found the end"],
    ["(author = Ada", 14, "expected AND, OR or ), found the end"],
    ["author = Ada)", 13, 'expected AND, OR or the end, found ")"'],
    ["(".repeat(100), 21, "it is nested more than 20 deep"],
    [Array.from({ length: 101 }, () => "author = Ada").join(" AND "), 1701, "it has more than 100 comparisons"],
  ];
  for (const [text, position, problem] of refused) {
    it(`refuses ${text.slice(0, 40)} at ${position}`, () => {
      try {
        parseFilter(text, fields);
      } catch (error) {
        expect(error).to.be.instanceOf(RpcError);
        const { reason, metadata } = error as RpcError;
        expect(reason).to.equal("FILTER_INVALID");
        expect(metadata.position).to.equal(String(position));
        expect(metadata.problem).to.contain(problem);
        return;
      }
      expect.fail("it was accepted");
    });
  }
});
