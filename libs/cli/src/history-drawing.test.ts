import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StageEntryCause, StageEntrySchema } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { expect } from "chai";
import { drawHistory } from "./history-drawing.ts";

const { PUBLICATION, TRANSITION, DISPLACEMENT, UNDELETION } = StageEntryCause;

describe("drawHistory", () => {
  let ordinal = 0;
  const entry = (
    number: string,
    stage: string,
    cause: StageEntryCause,
    [enter, leave]: [number, number?],
    transition = "",
  ) => {
    ordinal += 1;
    return create(StageEntrySchema, {
      version: `models/iris/versions/${number}`,
      stage,
      ordinal: BigInt(ordinal),
      cause,
      transition,
      principal: "users/alice",
      enterTime: timestampFromMs(enter * 1000),
      ...(leave !== undefined && { leaveTime: timestampFromMs(leave * 1000) }),
    });
  };
  const drawn = (entries: ReturnType<typeof entry>[], stages = ["development", "production", "archived"]) => {
    const { head, rows } = drawHistory(entries, stages);
    return [head, ...rows].map((cells) => cells.map((cell) => cell.replace("1970-01-01 00:00:", "")));
  };

  it("draws a swap as one change, and lines where something is", () => {
    const entries = [
      entry("1.0.0", "development", PUBLICATION, [1, 2]),
      entry("1.0.0", "production", TRANSITION, [2, 4], "a"),
      entry("1.0.1", "development", PUBLICATION, [3, 4]),
      entry("1.0.1", "production", TRANSITION, [4], "b"),
      entry("1.0.0", "archived", DISPLACEMENT, [4], "b"),
    ];
    expect(drawn(entries)).to.deep.equal([
      ["WHEN", "development", "production", "archived", "WHAT"],
      ["01Z", "1.0.0", "", "", "published by users/alice"],
      ["02Z", "", "1.0.0", "", "promoted by users/alice"],
      ["03Z", "1.0.1", "│", "", "published by users/alice"],
      ["04Z", "", "1.0.1", "1.0.0", "promoted by users/alice"],
    ]);
  });

  it("draws what left without going elsewhere, and what came back", () => {
    const entries = [
      entry("1.0.0", "production", PUBLICATION, [1, 2]),
      entry("1.0.1", "production", PUBLICATION, [3]),
      entry("1.0.0", "archived", UNDELETION, [4]),
    ];
    expect(drawn(entries, ["production"])).to.deep.equal([
      ["WHEN", "production", "archived", "WHAT"],
      ["01Z", "1.0.0", "", "published by users/alice"],
      ["02Z", "1.0.0 ×", "", "deleted or withdrawn"],
      ["03Z", "1.0.1", "", "published by users/alice"],
      ["04Z", "│", "1.0.0", "undeleted by users/alice"],
    ]);
  });

  it("says of what left whether it is purged", () => {
    const gone = { ...entry("1.0.0", "production", PUBLICATION, [1, 2]), purged: true };
    expect(drawn([gone], ["production"]).at(-1)).to.deep.equal(["02Z", "1.0.0 ×", "deleted, and purged since"]);
  });

  it("draws nothing of nothing", () => {
    expect(drawn([])).to.deep.equal([["WHEN", "development", "production", "archived", "WHAT"]]);
  });
});
