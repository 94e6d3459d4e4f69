/** Which addresses are not the public internet: this machine, private networks, and what is set aside for other uses. */
import { BlockList, isIP } from "node:net";

const RESERVED_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;
/** The mapped ones (::ffff:a.b.c.d) are looked at as what they map. */
const RESERVED_V6 = [
  "::/127",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
] as const;

const reserved = new BlockList();
const add = (subnets: readonly string[], family: "ipv4" | "ipv6") => {
  for (const subnet of subnets) {
    const [network = "", bits = ""] = subnet.split("/");
    reserved.addSubnet(network, Number(bits), family);
  }
};
add(RESERVED_V4, "ipv4");
add(RESERVED_V6, "ipv6");

const MAPPED = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;
const BYTE = 256;

/** Pure. Also true of what is no address at all: nobody should be sent there. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "").split("%")[0] ?? "";
  const mapped = toMapped(bare);
  const family = isIP(mapped);
  if (family === 0) return true;
  return reserved.check(mapped, family === 4 ? "ipv4" : "ipv6");
}

function toMapped(address: string): string {
  const [, dotted, high, low] = MAPPED.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left / BYTE, left % BYTE, right / BYTE, right % BYTE].map(Math.floor).join(".");
}
