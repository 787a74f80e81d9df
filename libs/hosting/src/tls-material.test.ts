import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestAuthority } from "@slipway/rpc/testing";
import type { TlsFiles } from "@slipway/runtime";
import { expect } from "chai";
import { expiryOf, readTlsMaterial } from "./tls-material.ts";

const NOW_MS = Date.UTC(2026, 10, 22);
const DAY_MS = 24 * 60 * 60 * 1000;
const clock = { nowMs: () => NOW_MS };

describe("the files of a TLS configuration", () => {
  const authority = createTestAuthority("Test authority");
  const good = authority.issue("metadata", { fromMs: NOW_MS - DAY_MS, toMs: NOW_MS + 30 * DAY_MS });
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-tls-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function filesOf(texts: { certificate: string; key: string; authorities?: string }): Promise<TlsFiles> {
    const entries = Object.entries(texts).map(async ([name, text]) => {
      await writeFile(join(folder, name), text);
      return [name, join(folder, name)];
    });
    return Object.fromEntries(await Promise.all(entries)) as TlsFiles;
  }

  it("are read whole", async () => {
    const files = await filesOf({ ...good, authorities: authority.certificate });
    const { certificate, key, authorities } = readTlsMaterial(files, clock);
    expect({ certificate, key, authorities }).to.deep.equal({ ...good, authorities: authority.certificate });
  });

  it("are refused with the variable, the file and what to do", async () => {
    const expired = authority.issue("old", { toMs: NOW_MS - 1000 });
    const early = authority.issue("new", { fromMs: NOW_MS + DAY_MS });
    const other = authority.issue("other");
    const cases: [texts: { certificate: string; key: string; authorities?: string }, says: RegExp][] = [
      [expired, /SLIPWAY_TLS_CERTIFICATE: the certificate in .* expired at 2026-11-21T23:59:59/],
      [early, /SLIPWAY_TLS_CERTIFICATE: the certificate in .* is not valid before 2026-11-23.*Check the clock/],
      [{ ...good, key: other.key }, /SLIPWAY_TLS_KEY: .* is not the key of the certificate in/],
      [{ ...good, certificate: "x" }, /SLIPWAY_TLS_CERTIFICATE: .* holds nothing of the kind in PEM/],
      [{ ...good, key: good.certificate }, /SLIPWAY_TLS_KEY: .* holds nothing of the kind in PEM/],
      [{ ...good, authorities: expired.certificate }, /SLIPWAY_TLS_AUTHORITIES: the certificate in .* expired at/],
    ];
    for (const [texts, says] of cases) {
      const files = await filesOf(texts);
      expect(() => readTlsMaterial(files, clock)).to.throw(says);
    }
    expect(() => readTlsMaterial({ certificate: "/absent.pem", key: "/absent.pem" }, clock)).to.throw(
      /SLIPWAY_TLS_CERTIFICATE: \/absent.pem cannot be read \(ENOENT\)/,
    );
  });

  it("are worth a warning for the two weeks before they expire, and an error afterwards", async () => {
    const material = readTlsMaterial(await filesOf(good), clock);
    const at = (days: number) => expiryOf(material, { nowMs: () => NOW_MS + days * DAY_MS });
    expect(at(15)).to.deep.equal({ missing: [], warnings: [] });
    expect(at(17).warnings[0]).to.match(/certificate expires at 2026-12-22/);
    expect(at(31).missing[0]).to.match(/certificate expired at 2026-12-22/);
  });
});
