import { create } from "@bufbuild/protobuf";
import { ReviewPolicySchema, ReviewSchema, ReviewVerdict } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { outcomeOf, withReview } from "./review.ts";
import { missingFields, newReviewPolicy } from "./review-policy.ts";

const { APPROVE, REJECT } = ReviewVerdict;
const review = (person: string, verdict: ReviewVerdict, comment = "") =>
  create(ReviewSchema, { person, verdict, comment });
const policy = (requiredApprovals: number, requiredFields: string[] = []) =>
  create(ReviewPolicySchema, { requiredApprovals, requiredFields });

describe("the outcome of reviews", () => {
  const cases: [string, [string, ReviewVerdict][], number, string][] = [
    ["nobody has said anything", [], 1, "WAITING"],
    ["one approval of one", [["a", APPROVE]], 1, "PUBLISHED"],
    ["one approval of two", [["a", APPROVE]], 2, "WAITING"],
    [
      "two approvals of two",
      [
        ["a", APPROVE],
        ["b", APPROVE],
      ],
      2,
      "PUBLISHED",
    ],
    [
      "one person twice",
      [
        ["a", APPROVE],
        ["a", APPROVE],
      ],
      2,
      "WAITING",
    ],
    [
      "a rejection beside approvals",
      [
        ["a", APPROVE],
        ["b", APPROVE],
        ["c", REJECT],
      ],
      2,
      "REJECTED",
    ],
    [
      "somebody who changes their mind",
      [
        ["a", APPROVE],
        ["a", REJECT],
      ],
      2,
      "REJECTED",
    ],
    ["no approval asked for any more, but none given", [], 0, "WAITING"],
    ["no approval asked for any more, and one given", [["a", APPROVE]], 0, "PUBLISHED"],
  ];
  for (const [what, verdicts, required, outcome] of cases) {
    it(`is ${outcome} for ${what}`, () => {
      const reviews = verdicts.reduce<ReturnType<typeof review>[]>(
        (earlier, [person, verdict]) => withReview(earlier, review(person, verdict)),
        [],
      );
      expect(outcomeOf(reviews, policy(required))).to.equal(outcome);
    });
  }

  it("keeps the last verdict of each person in the place of the first", () => {
    const reviews = [review("a", APPROVE, "fine"), review("b", APPROVE)];
    const changed = withReview(reviews, review("a", REJECT, "not fine"));
    expect(changed.map(({ person, comment }) => [person, comment])).to.deep.equal([
      ["a", "not fine"],
      ["b", ""],
    ]);
  });
});

describe("required fields", () => {
  const asked = policy(1, ["description", "author", "labels", "tags.card", "tags.a.b"]);

  it("are missing where they are empty, or spaces only", () => {
    const empty = create(VersionSchema, { description: " \n", tags: { card: " " } });
    expect(missingFields(asked, empty)).to.deep.equal(["description", "author", "labels", "tags.card", "tags.a.b"]);
    const filled = { description: "x", author: "x", labels: ["x"], tags: { card: "x", "a.b": "x" } };
    expect(missingFields(asked, create(VersionSchema, filled))).to.deep.equal([]);
    expect(missingFields(policy(1, ["tags.constructor"]), empty)).to.deep.equal(["tags.constructor"]);
  });

  it("belong to policies that ask for approvals", () => {
    const given = { updater: "users/ada", nowMs: 0 };
    expect(() => newReviewPolicy(policy(0, ["author"]), given))
      .to.throw()
      .with.property("reason", "REVIEW_POLICY_INVALID");
    expect(newReviewPolicy(policy(2, ["author"]), given)).to.deep.include({
      requiredApprovals: 2,
      updater: "users/ada",
    });
  });
});
