import { expect } from "chai";
import fc from "fast-check";
import { bareWords, queryFilter, wordTerms } from "./word-search.ts";
import { foldText, indexedWords, wantedWords } from "./words.ts";

const cases: [text: string, words: string[]][] = [
  ["Spam-Classifier v2.1", ["spam", "classifier", "v2", "1"]],
  ["the the The", ["the"]],
  ["ＦＵＬＬ ｗｉｄｔｈ Ⅷ", ["full", "width", "viii"]],
  ["Straße ΟΔΟΣ", ["strasse", "οδοσ"]],
  ["cafe\u0301 café", ["café"]],
  ["图像分类", ["图像", "像分", "分类", "类"]],
  ["图", ["图"]],
  ["中文BERT模型v2", ["中文", "文", "bert", "模型", "型", "v2"]],
  ["サーバー ｻｰﾊﾞｰ", ["サー", "ーバ", "バー", "ー"]],
  ["한국어", ["한국", "국어", "어"]],
  ["हिन्दी भाषा", ["हिन्दी", "भाषा"]],
  ["𠮷野家", ["𠮷野", "野家", "家"]],
  ["😀 !? —", []],
  ["", []],
  ["x".repeat(70), ["x".repeat(64)]],
];

/** Texts of several scripts, with and without spaces. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "spam",
        "Spam",
        "iris",
        "图像",
        "分",
        "分类",
        "サーバー",
        "한국",
        "ß",
        "Σ",
        "é",
        "2.0",
        "-",
        "ñandú",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .chain((parts) => fc.constantFrom(" ", "", ", ").map((separator) => parts.join(separator)));

function found(document: string, query: string, openEnd = true): boolean {
  const words = [...indexedWords(document)];
  return wantedWords(query, openEnd).every(({ word, prefix }) =>
    words.some((known) => (prefix ? known.startsWith(word) : known === word)),
  );
}

describe("words", () => {
  for (const [text, words] of cases) {
    it(`of "${text.slice(0, 30)}" are ${words.join(", ").slice(0, 50) || "none"}`, () => {
      expect([...indexedWords(text)]).to.deep.equal(words);
    });
  }

  const searches: [document: string, query: string, isFound: boolean][] = [
    ["图像分类模型", "分类", true],
    ["图像分类模型", "像", true],
    ["图像分类模型", "型", true],
    ["图像分类模型", "类图", false],
    ["图像分类模型", "图像 模型", true],
    ["BERT中文模型", "bert 模", true],
    ["spam classifier", "spam class", true],
    ["spam classifier", "classifier spa", true],
    ["spam classifier", "class spam", false],
  ];
  for (const [document, query, isFound] of searches) {
    it(`${isFound ? "find" : "do not find"} "${document}" by "${query}"`, () => {
      expect(found(document, query)).to.equal(isFound);
    });
  }

  it("find a text by itself, in any case", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, openEnd) => {
        expect(found(text, text, openEnd)).to.equal(true);
        expect(found(text, text.toUpperCase(), openEnd)).to.equal(true);
      }),
    );
  });

  it("find Chinese, Japanese and Korean by any part", () => {
    const run = fc.string({
      unit: fc.constantFrom(..."图像分类模型识别サーバー한국어𠮷"),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(run, fc.nat(), fc.nat(), (text, from, length) => {
        const characters = [...foldText(text)];
        const start = from % characters.length;
        expect(found(text, characters.slice(start, start + 1 + (length % 6)).join(""))).to.equal(true);
      }),
    );
  });

  it("are short, folded, and each there once", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const words = [...indexedWords(text)];
        expect(new Set(words).size).to.equal(words.length);
        for (const word of words) {
          expect([...word].length).to.be.within(1, 64);
          expect(word.isWellFormed()).to.equal(true);
          expect([...indexedWords(word)], word).to.include(word);
        }
      }),
    );
  });

  it("of a document are at most 500, the first texts first", () => {
    const long = Array.from({ length: 1000 }, (_, n) => `word${n}`).join(" ");
    const terms = wordTerms(["first", long, "never"]);
    expect(terms).to.have.lengthOf(500);
    expect(terms[0]).to.equal("w:first");
    expect(wordTerms([" ".repeat(20_000), "never"])).to.deep.equal([]);
  });

  it("of a query are all wanted, the last one as a beginning", () => {
    expect(queryFilter("spam Class")).to.deep.equal({ and: [{ term: "w:spam" }, { termPrefix: "w:class" }] });
    expect(queryFilter(" ")).to.equal(undefined);
  });

  it("of a filter are whole unless a star ends them", () => {
    expect(bareWords({ text: "spam class", prefix: false })).to.deep.equal({
      and: [{ term: "w:spam" }, { term: "w:class" }],
    });
    expect(bareWords({ text: "class", prefix: true })).to.deep.equal({ termPrefix: "w:class" });
    expect(bareWords({ text: "", prefix: true })).to.have.property("problem", '"*" has no letter and no digit');
  });
});
