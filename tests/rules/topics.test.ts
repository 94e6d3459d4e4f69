/** The table of topics against the simulator's own, which was written from Twitch's reference by itself, and against docs/topics.md. */
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import { ChannelId, UserId } from "../../shared/ids.ts";
import { canCarry, inWords, scopesFor, type TransportKind } from "../../shared/twitch/can-carry.ts";
import { type Topic, topicRow, topics } from "../../shared/twitch/topics.ts";
import { type Authorization, findSubscriptionType } from "../../sim/eventsub/subscription-types.ts";
import alerts from "../../worker/modules/alerts.ts";

const channelId = v.parse(ChannelId, "100");
const botId = v.parse(UserId, "900");

/** Whose permission it is, in the simulator's words. */
function toAuthorization(topic: Topic): Authorization {
  const { grant } = topicRow(topic);
  switch (grant.of) {
    case "nobody":
      return { of: "nobody" };
    case "broadcaster":
      return { of: "broadcaster_user_id", scopes: grant.scopes };
    case "bot":
      return { of: grant.as === "moderator" ? "moderator_user_id" : "chat reader", scopes: grant.scopes };
  }
}

describe.each(topics)("%s", (topic) => {
  const row = topicRow(topic);
  const type = findSubscriptionType(topic, row.version);

  test("is a type of Twitch's, in its current version", () => {
    expect(type?.fate).toBe("current");
  });

  test("takes the permission Twitch asks for", () => {
    expect(type?.authorization).toEqual(toAuthorization(topic));
  });

  test("is created with the condition Twitch asks for, about this channel and this bot", () => {
    const condition = row.condition(channelId, botId);
    const given = Object.keys(condition).sort();
    const oneOf = type?.oneOf.filter((field) => field in condition) ?? [];
    expect(given).toEqual([...(type?.required ?? []), ...oneOf].sort());
    if (type && type.oneOf.length > 0) expect(oneOf).toHaveLength(1);
    expect(condition[row.channelField]).toBe(channelId);
    const others = Object.entries(condition).filter(([field]) => field !== row.channelField);
    expect(others.every(([, id]) => id === botId)).toBe(true);
  });
});

const GRANTED_BY = {
  nobody: "nobody",
  broadcaster: "the broadcaster",
  moderator: "the bot, a moderator there",
  "chat-reader": "the bot",
} as const;

function toLine(topic: Topic): string {
  const { version, grant, isToldInChat } = topicRow(topic);
  const by = grant.of === "bot" ? grant.as : grant.of;
  const scopes = grant.of === "nobody" ? "" : inWords(grant.scopes);
  const best = { botScopes: grant.of === "bot" ? [...grant.scopes.flat(), "user:bot"] : [] };
  const on = (transport: TransportKind) =>
    canCarry(topic, { transport, ...best, isBotsOwnChannel: false }).is === "yes" ? "yes" : "no";
  const cells = [
    `\`${topic}\` ${version}`,
    GRANTED_BY[by],
    scopes,
    on("websocket"),
    on("conduit"),
    isToldInChat ? "yes" : "",
  ];
  return `| ${cells.join(" | ")} |`;
}

function toPage(): string {
  return [
    "# Topics",
    "",
    "What KissBot can hear from Twitch's EventSub, from the table in `shared/twitch/topics.ts`: who must grant what, and",
    "what carries it. Do not edit: `npx vitest run --project rules -u` writes this page.",
    "",
    "A *WebSocket* speaks with the bot's token: it carries what the bot itself may know, and in the bot's own channel",
    "everything its token has scopes for. A *conduit* speaks with the application's token: it carries also what a",
    "broadcaster has granted to the application, and reads chat where the bot granted `user:bot` and the broadcaster",
    "`channel:bot` (or made the bot a moderator). What is *also told in chat* is heard there, whoever granted nothing.",
    "",
    "A broadcaster who logs in (`./kissbot.sh auth login --channel NAME`, or an entry of theirs under `twitch.tokens`) grants",
    "by that what the login has scopes for; the hub keeps such tokens good, validating them hourly and renewing them in",
    "time. Over a conduit their grants count. Over a WebSocket they are *not used*: Twitch takes subscriptions of one user",
    "on a connection, and that is the bot. `hub_ctl status` says which of the two holds.",
    "",
    "| topic and version | granted by | scopes | on the bot's WebSocket | on a conduit | also told in chat |",
    "|---|---|---|---|---|---|",
    ...topics.map(toLine),
    "",
    "## Alerts",
    "",
    "What each alert (`modules.alerts` in the configuration) listens to, and which scopes it takes besides `chat:read` and",
    "`chat:edit`: of the bot's login, or of the broadcaster's consent to the application.",
    "",
    "| alert | topic | the bot's login | the broadcaster's consent |",
    "|---|---|---|---|",
    ...alertNames.map(toAlertLine),
    "",
  ].join("\n");
}

const alertNames = Object.keys(v.parse(alerts.config, {})).filter((name) => name !== "anonymous");

function toAlertLine(name: string): string {
  const wanted = typeof alerts.topics === "function" ? alerts.topics : () => [];
  const listens = wanted(v.parse(alerts.config, { [name]: { enabled: true } }));
  const { bot, broadcaster } = scopesFor(listens, "conduit");
  const inChat = listens.every((topic) => topicRow(topic).isToldInChat);
  const consent = [...broadcaster, ...(inChat && broadcaster.length > 0 ? ["(or none: told in chat)"] : [])];
  const named = listens.map((topic) => `\`${topic}\``).join(", ");
  return `| \`${name}\` | ${named} | ${bot.join(", ")} | ${consent.join(" ")} |`;
}

test("docs/topics.md says what the table says", async () => {
  await expect(toPage()).toMatchFileSnapshot(join(checkoutFolder, "docs", "topics.md"));
});
