/** IRCv3 capability negotiation, of which Twitch knows three capabilities and no more than is here. */
import type { Capability, ServerLine } from "./irc-line.ts";
import { toCap, toUnknownCapCommand } from "./server-lines.ts";

type Capabilities = ReadonlySet<Capability>;

export interface CapStep {
  readonly has: Capabilities;
  readonly answer: ServerLine | undefined;
}

const KNOWN: readonly Capability[] = ["tags", "commands", "membership"];
const toName = (capability: Capability) => `twitch.tv/${capability}`;

export function stepCapabilities(
  has: Capabilities,
  [subcommand = "*", asked = ""]: readonly string[],
): CapStep {
  switch (subcommand.toUpperCase()) {
    case "LS":
      return { has, answer: toCap("LS", KNOWN.map(toName).join(" ")) };
    case "LIST":
      return { has, answer: toCap("LIST", [...has].map(toName).join(" ")) };
    case "REQ":
      return stepRequest(has, asked);
    case "END":
      return { has, answer: undefined };
    default:
      return { has, answer: toUnknownCapCommand(subcommand) };
  }
}

/** All or nothing; a leading minus gives one back. */
function stepRequest(had: Capabilities, asked: string): CapStep {
  const has = new Set(had);
  for (const wish of asked.split(" ").filter((word) => word !== "")) {
    const capability = KNOWN.find((one) => toName(one) === wish.replace(/^-/, ""));
    if (capability === undefined) return { has: had, answer: toCap("NAK", asked) };
    if (wish.startsWith("-")) has.delete(capability);
    else has.add(capability);
  }
  return { has, answer: toCap("ACK", asked) };
}
