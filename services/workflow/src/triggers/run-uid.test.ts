import { expect } from "chai";
import { runUidOf } from "./run-uid.ts";

describe("runUidOf", () => {
  const event = "0190b6a0-1234-7abc-8def-0123456789ab";
  const workflow = "0190b6a0-ffff-7abc-8def-0123456789ab";

  it("is a UUID version 7 with the time of the event", () => {
    expect(runUidOf(event, workflow)).to.match(/^0190b6a0-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("is the same for the same event and workflow, and another for any other", () => {
    const uid = runUidOf(event, workflow);
    expect(runUidOf(event, workflow)).to.equal(uid);
    expect(runUidOf(workflow, event)).not.to.equal(uid);
    expect(runUidOf(event.replace("9ab", "9ac"), workflow)).not.to.equal(uid);
  });
});
