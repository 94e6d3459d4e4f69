/** What the configuration says about logs, for the house and for each channel, in the words of plan-rotation.ts. Pure. */
import type { Config } from "../shared/config.ts";
import type { Login } from "../shared/ids.ts";
import type { RotationPolicy } from "./plan-rotation.ts";

type LogRules = Pick<Config["log"], "chat" | "keep_days" | "keep_chat_days">;

const BYTES_PER_MB = 1_024 * 1_024;
/** Whatever happens, a log takes no more disk than this many files of `rotate_mb`. */
const FILES_MAX = 50;

/** A channel's own rules stand above the house's; without a channel, the house's. */
function rulesFor({ log, twitch }: Config, channel: Login | undefined): LogRules {
  const own = channel === undefined ? undefined : twitch.channelLogs.get(channel);
  return {
    chat: own?.chat ?? log.chat,
    keep_days: own?.keep_days ?? log.keep_days,
    keep_chat_days: own?.keep_chat_days ?? log.keep_chat_days,
  };
}

const isChatKept = ({ chat, keep_chat_days }: LogRules): boolean => chat === "on" && keep_chat_days > 0;

export const keepsChat = (config: Config, channel: Login): boolean => isChatKept(rulesFor(config, channel));

export function toRotationPolicy(config: Config, channel: Login | undefined): RotationPolicy {
  const { keep_days, keep_chat_days } = rulesFor(config, channel);
  return {
    bytesMax: config.log.rotate_mb * BYTES_PER_MB,
    keepDays: keep_days,
    keepChatDays: keep_chat_days,
    filesMax: FILES_MAX,
  };
}

/** What of this is otherwise than before: a line for the house, and one for each channel with rules of its own. */
export function describeLogChanges(before: Config, after: Config): readonly string[] {
  const changeOf = (where: string, describe: (config: Config) => string) =>
    describe(before) === describe(after) ? [] : [`~ logs${where}: ${describe(after)}`];
  return [
    ...changeOf(
      "",
      (config) => `put aside at ${config.log.rotate_mb} MB, ${describeRules(config, undefined)}`,
    ),
    ...[...new Set([before, after].flatMap(channelsWithRules))].flatMap((channel) =>
      changeOf(` of ${channel}`, (config) => describeRules(config, channel)),
    ),
  ];
}

const channelsWithRules = ({ twitch }: Config): readonly Login[] =>
  [...twitch.channelLogs].flatMap(([channel, rules]) => (Object.keys(rules).length === 0 ? [] : [channel]));

function describeRules(config: Config, channel: Login | undefined): string {
  const rules = rulesFor(config, channel);
  const chat = isChatKept(rules) ? describeDays(rules.keep_chat_days) : "not at all";
  return `kept ${describeDays(rules.keep_days)}, chat ${chat}`;
}

const describeDays = (days: number): string => (days === 1 ? "1 day" : `${days} days`);
