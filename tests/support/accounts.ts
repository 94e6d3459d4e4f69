/** What the workers' own logs say of each command: heard (chat.log), and how it ended (commands.log). */
import { join } from "node:path";
import * as v from "valibot";
import type { TrialHouse } from "./trial-house.ts";

export interface Account {
  readonly channel: string;
  readonly user: string;
  /** Outcome and what became of each delivery: "answered accepted", "answered dropped stopping" … */
  readonly ended: string;
}

const NoSuchFile = v.looseObject({ code: v.literal("ENOENT") });
const Untrusted = v.object({ user: v.string(), text: v.string() });
const Heard = v.object({ msg: v.literal("heard"), untrusted: Untrusted });
const Accounted = v.object({
  msg: v.literal("accounted"),
  signal: v.string(),
  untrusted: Untrusted,
  outcome: v.string(),
  deliveries: v.optional(v.array(v.string()), []),
});

/** What became of a delivery that had no end when its account was given. */
const AccountedLate = v.object({ msg: v.literal("accounted late"), delivery: v.string(), is: v.string() });

/** A file is made for its first line. */
const logOf = (house: TrialHouse, channel: string, name: string) => {
  try {
    return house.log(join("broadcast", channel, name));
  } catch (problem) {
    if (v.is(NoSuchFile, problem)) return [];
    throw problem;
  }
};

/** Who was heard, once for each line. */
export const readHeard = (house: TrialHouse, channel: string): readonly string[] =>
  logOf(house, channel, "chat.log").flatMap((line) => (v.is(Heard, line) ? [line.untrusted.user] : []));

export const readAccounts = (house: TrialHouse, channel: string): readonly Account[] => {
  const lines = logOf(house, channel, "commands.log");
  const late = new Map(
    lines.flatMap((line) => (v.is(AccountedLate, line) ? [[line.delivery, line.is] as const] : [])),
  );
  return lines.flatMap((line) => {
    const parsed = v.safeParse(Accounted, line);
    if (!parsed.success) return [];
    const { signal, outcome, deliveries, untrusted } = parsed.output;
    const ends = deliveries.map((end, index) => late.get(`${signal} ${index}`) ?? end);
    return [{ channel, user: untrusted.user, ended: [outcome, ...ends].join(" ") }];
  });
};
