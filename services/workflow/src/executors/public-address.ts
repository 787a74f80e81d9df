import ipaddr from "ipaddr.js";

/** What the Internet routes of IPv6 (RFC 4291 §2.4, IANA registry): everything else is special or unassigned. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3") as [ipaddr.IPv6, number];

/**
 * Whether an address is one of the public Internet. IPv4 addresses inside IPv6 ones (mapped, compatible, NAT64, 6to4,
 * Teredo) are judged as not public unless they are plainly mapped public ones: they lead to networks we cannot see.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}
