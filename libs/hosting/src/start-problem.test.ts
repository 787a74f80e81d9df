import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { DocumentStoreError } from "@slipway/documents";
import { ObjectStoreError } from "@slipway/objects";
import { startServer } from "@slipway/rpc";
import { ConfigurationError, silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { FolderInUse } from "./folder-lock.ts";
import { startProblemOf } from "./start-problem.ts";

/** What a server that listens there says. */
async function problemAt(address: string): Promise<string | undefined> {
  try {
    const server = await startServer({ address, bindings: [], interceptors: [], log: silentLogger });
    await server.close();
    return expect.fail(`${address} can be listened on`);
  } catch (error) {
    return startProblemOf(error);
  }
}

describe("A server that cannot start", () => {
  it("names the address that another program has, and the setting", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(await problemAt(address)).to.equal(
      `Another program listens on ${address}. Stop it, or set SLIPWAY_LISTEN to another address, such as 127.0.0.1:7100.`,
    );
    other.close();
    await once(other, "close");
  });

  it("names the address that the machine does not have", async () => {
    // 192.0.2.0/24 is for documentation (RFC 5737).
    expect(await problemAt("192.0.2.1:7000")).to.match(/^192\.0\.2\.1:7000 is no address of this machine\./);
  });

  it("says what is wrong with configuration and folder", () => {
    expect(startProblemOf(new ConfigurationError(["SLIPWAY_LOG: no"]))).to.contain("SLIPWAY_LOG: no");
    expect(startProblemOf(new FolderInUse("taken"))).to.equal("taken");
  });

  it("says that the disk is full, and that the data is newer", () => {
    const full = [
      new DocumentStoreError("FULL", "no room"),
      new ObjectStoreError("FULL", "no room"),
      Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }),
    ];
    for (const error of full) expect(startProblemOf(error)).to.match(/^No room is left on the disk of the data/);
    const newer = new DocumentStoreError("NEWER_FORMAT", "the database has layout 2; this code knows 1");
    expect(startProblemOf(newer)).to.match(/^The data was written by a newer Slipway: the database has layout 2/);
  });

  it("names the setting of a database whose address is malformed", () => {
    const malformed = new DocumentStoreError("INVALID", "the address is malformed");
    expect(startProblemOf(malformed)).to.equal("SLIPWAY_DOCUMENTS: the address is malformed");
  });

  it("leaves the unexpected alone", () => {
    expect(startProblemOf(new Error("broken"))).to.equal(undefined);
    expect(startProblemOf("broken")).to.equal(undefined);
  });
});
