/** The page `auth status` shows: a row for each account, what to do about it, and where the bot moderates. Pure. */
import { formatDuration } from "../duration.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { type Column, renderTable, wrap } from "../table.ts";
import { type AccountView, type ChannelView, countedChannels, JOINED_CHANNELS_MAX } from "./judge-account.ts";
import type { AccountsSeen } from "./look-at-accounts.ts";

const ACCOUNT_COLUMNS: readonly Column[] = [
  { title: "account", align: "left" },
  { title: "type", align: "left" },
  { title: "state", align: "left" },
  { title: "from", align: "left", goes: 1 },
  { title: "expires in", align: "right" },
  { title: "refreshed", align: "right", goes: 2 },
  { title: "scopes", align: "right", goes: 3 },
];

export function renderAccounts(seen: AccountsSeen, paint: Paint, columns: number): string {
  const rows = seen.accounts.map((one) => ({ cells: toCells(one), note: undefined }));
  const [titles = "", ...lines] = renderTable(ACCOUNT_COLUMNS, rows, columns);
  return [
    paint("dim", titles),
    ...lines,
    ...seen.accounts.flatMap((one) => toRemarks(one, paint, columns)),
    "",
    ...renderChannels(seen.channels, columns),
  ].join("\n");
}

const toCells = (one: AccountView): readonly string[] => [
  one.login,
  one.type,
  one.state,
  one.from,
  describeExpiry(one),
  one.lastRefreshAgoMs === undefined ? "-" : `${formatDuration(one.lastRefreshAgoMs)} ago`,
  one.state === "good" ? String(one.scopes.length) : "-",
];

function describeExpiry({ state, expiresInMs }: AccountView): string {
  if (state !== "good") return "-";
  return expiresInMs === undefined ? "never" : formatDuration(expiresInMs);
}

function toRemarks(one: AccountView, paint: Paint, columns: number): readonly string[] {
  const remarks: string[] = [];
  if (one.fix !== undefined) {
    const who = `${one.login} (${one.type})`;
    remarks.push(paint(one.state === "needs-login" ? "red" : "yellow", `${who} ${safeText(one.says)}`));
    remarks.push(`    ${one.fix}`);
  }
  for (const { scope, why } of one.missing)
    remarks.push(...wrap(`    lacks ${scope}, for ${why.join("; ")}`, columns));
  if (one.lastFailure && one.state !== "good")
    remarks.push(
      `    last failure ${formatDuration(one.lastFailure.agoMs)} ago: ${safeText(one.lastFailure.problem)}`,
    );
  return remarks.length === 0 ? [] : ["", ...remarks];
}

function renderChannels(channels: readonly ChannelView[], columns: number): readonly string[] {
  if (channels.length === 0) return ["No channels yet: ./kissbot.sh channels add NAME"];
  const of = (moderator: ChannelView["moderator"]) => channels.filter((one) => one.moderator === moderator);
  const names = (some: readonly ChannelView[]) => some.map((one) => one.channel).join(", ");
  const line = (label: string, some: readonly ChannelView[]) =>
    some.length === 0 ? [] : wrap(`${label}: ${names(some)}`, columns);
  const [because] = of("unknown").flatMap((one) => one.because ?? []);
  return [
    ...line("Moderator in", [...of("yes"), ...of("own")]),
    ...line("No moderator in", of("no")),
    ...line("Nobody could say whether it moderates", of("unknown")),
    ...(because === undefined ? [] : [`    (${safeText(because)})`]),
    describeRule(channels),
  ];
}

/** Twitch's own rule: an account may be in a hundred channels that it does not moderate. */
function describeRule(channels: readonly ChannelView[]): string {
  const counted = countedChannels(channels);
  const line = `${counted} of ${JOINED_CHANNELS_MAX} channels count against Twitch's limit; those where the bot moderates do not.`;
  return counted > JOINED_CHANNELS_MAX
    ? `${line} Make the bot a moderator in ${counted - JOINED_CHANNELS_MAX} of them: /mod BOT in their chat.`
    : line;
}
