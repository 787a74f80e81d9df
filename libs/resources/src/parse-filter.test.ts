import type { Filter } from "@slipway/documents";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import {
  enumField,
  listField,
  mapField,
  numberField,
  numberMapField,
  presenceField,
  textField,
  timeField,
} from "./filter-fields.ts";
import { parseFilter } from "./parse-filter.ts";

const fields = {
  author: textField("author"),
  labels: listField("l"),
  description: presenceField("description"),
  metrics: numberMapField("m"),
  state: enumField("s:state", ["READY", "PUBLISHED"]),
  tags: mapField("t"),
  size_bytes: numberField("size"),
  create_time: timeField("created"),
};
const env: Filter = { term: "t:env\u0002prod" };
const ada: Filter = { term: "author:Ada" };
const large: Filter = { number: "size", min: 5, minExclusive: true };

describe("parseFilter", () => {
  const accepted: [string, Filter | undefined][] = [
    ["", undefined],
    ["   ", undefined],
    ['tags.env = "prod"', env],
    ["tags.env=prod", env],
    ["tags.a.b = c", { term: "t:a.b\u0002c" }],
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
    ["author = Ada tags.env = prod", { and: [ada, env] }],
    ["author = Ada tags.env = prod OR size_bytes > 5 -author=Ada", { and: [ada, { or: [env, large] }, { not: ada }] }],
    ["(author = Ada)(tags.env=prod)", { and: [ada, env] }],
    ["author = Ad*", { termPrefix: "author:Ad" }],
    ['author != "Ada L*"', { not: { termPrefix: "author:Ada L" } }],
    ['author = "Ad\\*"', { term: "author:Ad*" }],
    ["author:*", { not: { term: "author:" } }],
    ["NOT author:*", { not: { not: { term: "author:" } } }],
    ["labels:vision", { term: "l:vision" }],
    ["labels = vis*", { termPrefix: "l:vis" }],
    ["labels:*", { termPrefix: "l:" }],
    ["tags:env", { termPrefix: "t:env\u0002" }],
    ["tags:en*", { termPrefix: "t:en" }],
    ["tags:*", { termPrefix: "t:" }],
    ["tags.env:*", { termPrefix: "t:env\u0002" }],
    ["tags.env:prod", env],
    ['tags."a:b c" = d', { term: "t:a:b c\u0002d" }],
    ["tags.url = http://x:1/y", { term: "t:url\u0002http://x:1/y" }],
    ["description:*", { term: "has:description" }],
    ["metrics.f1 >= 0.5", { number: "m.f1", min: 0.5 }],
    ["metrics:f1", { number: "m.f1" }],
    ["metrics:*", { term: "has:m" }],
    ["size_bytes:*", { number: "size" }],
    ["NOT create_time:*", { not: { number: "created" } }],
  ];
  for (const [text, filter] of accepted) {
    it(`understands ${text || "nothing"}`, () => expect(parseFilter(text, fields)).to.deep.equal(filter));
  }

  const refused: [string, number, string][] = [
    ["author", 7, "expected =, !=, <, <=, >, >= or :, found the end"],
    ["-color = red", 2, 'there is no field "color"'],
    ["author = a\u0000b", 11, "control characters fit nowhere"],
    ["author =", 9, "expected a value, found the end"],
    ["author = Ada size_bytes", 24, "expected =, !=, <, <=, >, >= or :, found the end"],
    ["author:Ada", 8, '":" asks of a text only whether it is there'],
    ["author = A*a", 10, "a * stands only at the end of a value"],
    ["size_bytes:5", 12, "only * may stand here"],
    ["size_bytes > 5*", 14, '"5" is not a number'],
    ["description = x", 15, "only description:* is known"],
    ["tags.* = x", 1, 'there is no field "tags."'],
    ["metrics > 1", 11, '">" compares one value, m.<key>'],
    ["OR author = Ada", 1, 'expected a field or (, found "OR"'],
    ['"author" = Ada', 1, 'there is no field "author"'],
    [`${"NOT (author = Ada OR ".repeat(16)}author = b${")".repeat(16)}`, 1, "it is nested too deep"],
    [Array.from({ length: 99 }, () => "NOT author != Ada").join(" "), 1, "it has 298 parts; at most 200"],
    [
      "王 = 1",
      1,
      'there is no field "王", use one of author, labels, description, metrics.<key>, state, tags.<key>, size_bytes, create_time',
    ],
    ["author = 王 AND color = red", 16, 'there is no field "color"'],
    ["tags = prod", 8, '"=" compares one value, t.<key>; t:<key> asks whether it is there'],
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
  const word = (text: string) => ({ term: `w:${text}` });
  const words = ({ text, prefix }: { text: string; prefix: boolean }) =>
    text === "+" ? { problem: "no letters" } : prefix ? { termPrefix: `w:${text}` } : word(text);
  const withWords: [string, Filter][] = [
    ["spam", word("spam")],
    ["spam filter", { and: [word("spam"), word("filter")] }],
    ["spam OR ham small", { and: [{ or: [word("spam"), word("ham")] }, word("small")] }],
    ['-spam "a b" cla*', { and: [{ not: word("spam") }, word("a b"), { termPrefix: "w:cla" }] }],
    ["NOT spam AND author = Ada", { and: [{ not: word("spam") }, ada] }],
    ["author", word("author")],
  ];
  for (const [text, filter] of withWords) {
    it(`finds words by ${text}`, () => expect(parseFilter(text, fields, words)).to.deep.equal(filter));
  }

  it("says which word means nothing", () => {
    expect(() => parseFilter("spam +", fields, words))
      .to.throw(RpcError)
      .with.nested.include({ "metadata.position": "6", "metadata.problem": "no letters" });
  });

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
