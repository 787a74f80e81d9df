import { expect } from "chai";
import { createAuthenticator, keyIdOf } from "./authenticator.ts";
import type { Caller } from "./caller.ts";
import { fail } from "./fail.ts";

const SERVICE_KEY = `slw_service00_${"s".repeat(43)}`;
const KEY = `slw_abcdefgh1_${"k".repeat(43)}`;
const ADA: Caller = { tenantUid: "t1", tenant: "acme", principal: "users/ada", role: "viewer", service: false };

function authenticator(open = false, answer: () => Promise<Caller> = async () => ADA) {
  let nowMs = 0;
  const asked: string[] = [];
  const lookUp = (key: string) => {
    asked.push(key);
    return answer();
  };
  const authenticate = createAuthenticator({ open, serviceKey: SERVICE_KEY, lookUp, clock: { nowMs: () => nowMs } });
  const show = (authorization?: string) =>
    authenticate(new Map(authorization ? [["authorization", authorization]] : []));
  return { show, asked, pass: (ms: number) => (nowMs += ms) };
}

describe("the authenticator", () => {
  it("takes everybody without the service key for the local user in open mode", async () => {
    const { show, asked } = authenticator(true);
    expect(await show()).to.include({ principal: "users/local", role: "admin", service: false });
    expect(await show(`Bearer ${KEY}`)).to.include({ principal: "users/local" });
    expect(await show(`Bearer ${SERVICE_KEY}`)).to.include({ service: true });
    expect(asked).to.deep.equal([]);
  });

  it("knows the service key without asking", async () => {
    const { show, asked } = authenticator();
    expect(await show(`bearer ${SERVICE_KEY}`)).to.include({ service: true });
    expect(asked).to.deep.equal([]);
  });

  it("asks whose a key is, and again after five seconds", async () => {
    const { show, asked, pass } = authenticator();
    expect(await show(`Bearer ${KEY}`)).to.deep.equal(ADA);
    pass(4_999);
    await show(`Bearer ${KEY}`);
    expect(asked.length).to.equal(1);
    pass(1);
    await show(`Bearer ${KEY}`);
    expect(asked).to.deep.equal([KEY, KEY]);
  });

  it("does not remember refusals", async () => {
    let refuse = true;
    const { show } = authenticator(false, async () => {
      if (refuse) throw fail("KEY_UNKNOWN");
      return ADA;
    });
    const error = await show(`Bearer ${KEY}`).catch((reason: unknown) => reason);
    expect(error).to.include({ reason: "KEY_UNKNOWN" });
    refuse = false;
    expect(await show(`Bearer ${KEY}`)).to.deep.equal(ADA);
  });

  it("says nothing where there is no key, and refuses another scheme", async () => {
    const { show } = authenticator();
    expect(await show()).to.equal(undefined);
    const error = await show("Basic YWRhOmFkYQ==").catch((reason: unknown) => reason);
    expect(error).to.include({ reason: "KEY_MALFORMED" });
  });

  it("finds the id in a key of the right form only", () => {
    expect(keyIdOf(KEY)).to.equal("abcdefgh1");
    for (const key of ["", "slw_abcdefgh1", `slw_ABCDEFGH_${"k".repeat(43)}`, `${KEY}x`, `x${KEY}`, `${KEY}\n`]) {
      expect(() => keyIdOf(key), JSON.stringify(key)).to.throw("The key is incomplete");
    }
  });
});
