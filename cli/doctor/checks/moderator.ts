import { type ChannelView, countedChannels, JOINED_CHANNELS_MAX } from "../../auth/judge-account.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findAccountsSeen } from "../look-once.ts";

const NAMED_MAX = 10;

export default defineCheck({
  name: "moderator",
  async run(desk) {
    const seen = await findAccountsSeen(desk);
    return seen
      ? judgeModerator(seen.channels)
      : [{ level: "ok", says: "not looked at without a configuration" }];
  },
});

export function judgeModerator(channels: readonly ChannelView[]): readonly Finding[] {
  if (channels.length === 0)
    return [{ level: "ok", says: "no channels yet: ./kissbot.sh channels add NAME" }];
  const of = (...which: readonly ChannelView["moderator"][]) =>
    channels.filter(({ moderator }) => which.includes(moderator));
  const findings: Finding[] = [];
  const [yes, no, unknown] = [of("yes", "own"), of("no"), of("unknown")];
  if (yes.length > 0) findings.push({ level: "ok", says: `moderates ${names(yes)}` });
  if (no.length > 0)
    findings.push({
      level: "warn",
      says: `is no moderator in ${names(no)}: it may say 20 lines in 30 s instead of 100, and hears of no follows`,
      fix: "its owner types /mod and the bot's name in that chat",
    });
  if (unknown.length > 0)
    findings.push({
      level: "warn",
      says: `nobody could say whether it moderates ${names(unknown)} (${unknown[0]?.because ?? ""})`,
      fix: "./kissbot.sh auth login --bot, then run doctor again",
    });
  return [...findings, judgeRule(countedChannels(channels))];
}

const judgeRule = (counted: number): Finding => {
  const says = `${counted} of ${JOINED_CHANNELS_MAX} channels count against Twitch's limit`;
  return counted > JOINED_CHANNELS_MAX
    ? { level: "fail", says, fix: "let the bot moderate more of them: what it moderates does not count" }
    : { level: "ok", says };
};

function names(some: readonly ChannelView[]): string {
  const shown = some.slice(0, NAMED_MAX).map(({ channel }) => channel);
  return some.length > NAMED_MAX
    ? `${shown.join(", ")} and ${some.length - NAMED_MAX} more`
    : shown.join(", ");
}
