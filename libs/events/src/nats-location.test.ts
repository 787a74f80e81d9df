import { expect } from "chai";
import { parseNatsUrl } from "./nats/nats-location.ts";

describe("parseNatsUrl", () => {
  it("reads an address, a cluster, a user with a password, a token", () => {
    expect(parseNatsUrl("nats://nats:4222")).to.deep.equal({ name: "nats:4222", options: { servers: ["nats:4222"] } });
    const cluster = parseNatsUrl("nats://u:p%40%2F@a:1,nats://b:2");
    expect(cluster).to.deep.equal({ name: "a:1,b:2", options: { servers: ["a:1", "b:2"], user: "u", pass: "p@/" } });
    expect(parseNatsUrl("nats://s3cr3t@a").options).to.deep.equal({ servers: ["a"], token: "s3cr3t" });
  });

  it("asks for TLS by tls://, and compares an address with the certificate too", () => {
    expect(parseNatsUrl("tls://nats").options.tls).to.deep.equal({ handshakeFirst: false });
    expect(parseNatsUrl("tls://10.0.0.1:4222").options.tls).to.deep.equal({ handshakeFirst: false, host: "10.0.0.1" });
    expect(parseNatsUrl("tls://[::1]:4222").options.tls).to.deep.equal({ handshakeFirst: false, host: "::1" });
  });

  it("refuses what is no address, without showing it", () => {
    for (const url of ["", "http://a", "nats://", "a:4222", "nats://a,http://secret@b"]) {
      expect(() => parseNatsUrl(url), url).to.throw(/^The address of NATS is malformed\. Use nats:\/\/host:port/);
    }
  });
});
