import { createTestAuthority } from "@slipway/rpc/testing";
import { expect } from "chai";
import { ClientError } from "./client-error.ts";
import { connect } from "./connection.ts";
import { checkOwnCertificate } from "./own-certificate.ts";

describe("a client's own certificate", () => {
  const nowMs = Date.UTC(2026, 10, 22);
  const { certificate } = createTestAuthority("Authority").issue("ada", { fromMs: nowMs - 1000, toMs: nowMs + 1000 });
  const checkedAt = (ms: number) => () => checkOwnCertificate(certificate, { nowMs: () => ms });

  it("is good while it is valid", () => {
    expect(checkedAt(nowMs)).to.not.throw();
  });

  it("is refused before it travels, with what is wrong", () => {
    expect(checkedAt(nowMs + 1000)).to.throw(ClientError, "Your certificate expired at 2026-11-22T00:00:01");
    expect(checkedAt(nowMs - 2000)).to.throw(ClientError, "not valid before 2026-11-21T23:59:59");
    const { key } = createTestAuthority("Authority").issue("ada");
    expect(() => connect({ url: "https://127.0.0.1:1", tls: { certificate: key, key } })).to.throw(
      ClientError,
      "holds no certificate",
    );
  });
});
