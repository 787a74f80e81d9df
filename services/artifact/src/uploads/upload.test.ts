import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import type { Caller } from "@slipway/rpc";
import { expect } from "chai";
import {
  changed,
  checkOpen,
  EXPIRY_STEP_MS,
  isVisible,
  needsTouch,
  newUpload,
  SEAL_MS,
  sealed,
  UPLOAD_LIFETIME_MS,
} from "./upload.ts";

const NOW = 1_000_000;
const alice: Caller = { tenantUid: "t", tenant: "acme", principal: "users/alice", role: "contributor", service: false };
const upload = newUpload(alice, "u", NOW, 0);

describe("an upload's rules", () => {
  const callers: [string, Partial<Caller>, boolean][] = [
    ["its creator", {}, true],
    ["another contributor", { principal: "users/bob" }, false],
    ["another reviewer", { principal: "users/bob", role: "reviewer" }, false],
    ["an administrator", { principal: "users/bob", role: "admin" }, true],
    ["a service", { principal: "users/bob", role: "viewer", service: true }, true],
  ];
  for (const [who, caller, visible] of callers) {
    it(`${visible ? "shows it to" : "hides it from"} ${who}`, () => {
      expect(isVisible(upload, { ...alice, ...caller }, NOW)).to.equal(visible);
    });
  }

  it("hides it from everybody once it has ended", () => {
    expect(isVisible(upload, alice, NOW + UPLOAD_LIFETIME_MS - 1)).to.equal(true);
    expect(isVisible(upload, alice, NOW + UPLOAD_LIFETIME_MS)).to.equal(false);
  });

  const states: [string, typeof upload, number, string | undefined][] = [
    ["open", upload, NOW, undefined],
    ["ended", upload, NOW + UPLOAD_LIFETIME_MS, "UPLOAD_NOT_FOUND"],
    ["sealed", sealed(upload, NOW), NOW + SEAL_MS - 1, "UPLOAD_NOT_OPEN"],
    ["sealed by somebody who is gone", sealed(upload, NOW), NOW + SEAL_MS, undefined],
    ["aborted", changed(upload, NOW, { state: UploadState.ABORTED }), NOW, "UPLOAD_NOT_OPEN"],
    ["completed", changed(upload, NOW, { state: UploadState.COMPLETED }), NOW, "UPLOAD_NOT_OPEN"],
  ];
  for (const [state, record, nowMs, reason] of states) {
    it(`${reason === undefined ? "takes" : "refuses"} files when it is ${state}`, () => {
      if (reason === undefined) expect(() => checkOpen(record, nowMs)).not.to.throw();
      else
        expect(() => checkOpen(record, nowMs))
          .to.throw()
          .with.property("reason", reason);
    });
  }

  it("is written again when its expiry lags behind or a seal is left over", () => {
    expect(needsTouch(upload, NOW + EXPIRY_STEP_MS)).to.equal(false);
    expect(needsTouch(upload, NOW + EXPIRY_STEP_MS + 1)).to.equal(true);
    expect(needsTouch(sealed(upload, NOW), NOW)).to.equal(true);
    expect(changed(sealed(upload, NOW), NOW)).not.to.have.property("sealedUntilMs");
  });
});
