import { expect } from "chai";
import { isPublicAddress } from "./public-address.ts";

const notPublic = [
  ["loopback", "127.0.0.1"],
  ["loopback, another", "127.255.255.254"],
  ["private", "10.1.2.3"],
  ["private", "172.16.0.1"],
  ["private", "192.168.1.1"],
  ["link local: cloud metadata", "169.254.169.254"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["this network", "0.0.0.0"],
  ["broadcast", "255.255.255.255"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["documentation", "192.0.2.1"],
  ["IPv6 loopback", "::1"],
  ["IPv6 unspecified", "::"],
  ["IPv6 link local", "fe80::1"],
  ["IPv6 link local with a zone", "fe80::1%eth0"],
  ["IPv6 unique local", "fd00::1"],
  ["IPv6 multicast", "ff02::1"],
  ["IPv4-mapped loopback", "::ffff:127.0.0.1"],
  ["IPv4-mapped private, in hexadecimal", "::ffff:a00:1"],
  ["IPv4-compatible loopback", "::127.0.0.1"],
  ["NAT64 of a private address", "64:ff9b::10.0.0.1"],
  ["6to4 of a private address", "2002:a00:1::1"],
  ["Teredo", "2001:0:a00:1::1"],
  ["IPv6 documentation", "2001:db8::1"],
  ["unassigned", "4000::1"],
  ["not an address", "localhost"],
];
const isPublic = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"];

describe("isPublicAddress", () => {
  for (const [what, address] of notPublic) {
    it(`refuses ${what}: ${address}`, () => {
      expect(isPublicAddress(address ?? "")).to.equal(false);
    });
  }
  for (const address of isPublic) {
    it(`takes ${address}`, () => {
      expect(isPublicAddress(address)).to.equal(true);
    });
  }
});
