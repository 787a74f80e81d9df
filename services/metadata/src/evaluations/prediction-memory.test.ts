import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { PredictionMemory } from "./prediction-memory.ts";

describe("PredictionMemory", () => {
  it("refuses what would be too much together, and takes it once others are through", () => {
    const memory = new PredictionMemory(100);
    const [one, other] = [memory.share(), memory.share()];
    one.hold(60);
    one.hold(70);
    other.hold(30);
    expect(() => other.hold(31)).to.throw(RpcError, "Too many predictions with scores are being recorded at once");
    one.release();
    other.hold(100);
  });
});
