import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { KeySchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import { keyIdOf } from "@slipway/rpc";
import { expect } from "chai";
import { checkKey, hashSecret, mintKey, systemRandomBytes } from "./key.ts";

describe("keys", () => {
  const { id, secret } = mintKey(systemRandomBytes);
  const hash = hashSecret(secret);

  it("carry their id and are never made twice", () => {
    expect(keyIdOf(secret)).to.equal(id);
    expect(mintKey(systemRandomBytes).secret).to.not.equal(secret);
  });

  it("are accepted until they expire, and not a millisecond longer", () => {
    const key = create(KeySchema, { expireTime: timestampFromMs(1000) });
    checkKey(key, hash, secret, 999);
    expect(() => checkKey(key, hash, secret, 1000)).to.throw(/expired at 1970-01-01T00:00:01.000Z/);
  });

  it("are refused with another secret behind the same id", () => {
    const forged = `slw_${id}_${"A".repeat(43)}`;
    expect(() => checkKey(create(KeySchema), hash, forged, 0))
      .to.throw()
      .with.property("reason", "KEY_UNKNOWN");
  });

  it("are refused once revoked, expired or not", () => {
    const key = create(KeySchema, { revokeTime: timestampFromMs(5), expireTime: timestampFromMs(10) });
    expect(() => checkKey(key, hash, secret, 20))
      .to.throw()
      .with.property("reason", "KEY_REVOKED");
  });

  for (const text of ["", "slw_", `slw_${id}`, `${secret}x`, secret.toUpperCase(), `slw_a/b_${"A".repeat(43)}`]) {
    it(`"${text.slice(0, 12)}…" is no key`, () =>
      expect(() => keyIdOf(text))
        .to.throw()
        .with.property("reason", "KEY_MALFORMED"));
  }
});
