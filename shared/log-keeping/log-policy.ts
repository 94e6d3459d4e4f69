/** What the configuration says about logs, for the house and for each channel, in the words of plan-rotation.ts. Pure. */

import type { Config } from "../config.ts";
import type { Login } from "../ids.ts";
import { isChatKept, logRulesFor } from "../log-rules.ts";
import type { RotationPolicy } from "./plan-rotation.ts";

const BYTES_PER_MB = 1_024 * 1_024;
/** Whatever happens, a log takes no more disk than this many files of `rotate_mb`. */
const FILES_MAX = 50;

export function toRotationPolicy(config: Config, channel: Login | undefined): RotationPolicy {
  const { keep_days, keep_chat_days } = logRulesFor(config, channel);
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
  const rules = logRulesFor(config, channel);
  const chat = isChatKept(rules) ? describeDays(rules.keep_chat_days) : "not at all";
  return `kept ${describeDays(rules.keep_days)}, chat ${chat}`;
}

const describeDays = (days: number): string => (days === 1 ? "1 day" : `${days} days`);
