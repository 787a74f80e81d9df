import { expect } from "chai";
import fc from "fast-check";
import { pageAt, type Recipe, withPage } from "./recipe.ts";

describe("a recipe", () => {
  it("finds the page of every byte, however the pages were cut", () => {
    const pages = fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(pages, (lengths) => {
        let recipe: Recipe = { recipeUid: "r", sizeBytes: 0, pageStarts: [] };
        const pageOfByte: number[] = [];
        lengths.forEach((page, number) => {
          recipe = withPage(
            recipe,
            page.map((lengthBytes) => ({ sha256: "", lengthBytes })),
          );
          for (const length of page) pageOfByte.push(...Array<number>(length).fill(number));
        });
        expect(recipe.sizeBytes).to.equal(pageOfByte.length);
        pageOfByte.forEach((number, offset) => {
          expect(pageAt(recipe, offset)).to.equal(number);
        });
      }),
      { numRuns: 50 },
    );
  });
});
