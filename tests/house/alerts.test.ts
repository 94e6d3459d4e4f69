/**
 * Alerts through real processes, on both transports. Whatever door a happening comes in by, and however many tell it,
 * it is thanked for once.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOT, openTrialHouse, type Scene, type TrialHouse } from "../support/trial-house.ts";

const on = (message: string) => ({ enabled: true, message });
const ALERTS = {
  follow: on("thanks for the follow, {user}"),
  subscription: on("thanks for the sub, {user}"),
  gift: on("thanks for {count} gifts, {user}"),
  cheer: on("thanks for {bits} bits, {user}"),
  raid: on("welcome {user} and {viewers}"),
};
const settings = (more: object = {}) => ({ modules: { alerts: { ...ALERTS, ...more } } });

/** Without a secret there is no application token, and so no conduit. */
const webSocketScene: Scene = {
  scenario: {
    applications: [{ clientId: "public-client" }],
    users: [{ login: BOT }, { login: "alice_live", displayName: "Alice_Live" }, { login: "bob_plays" }],
    channels: [{ login: "alice_live", moderators: [BOT] }, { login: BOT }, { login: "bob_plays" }],
    tokens: [
      {
        accessToken: "bot-access",
        refreshToken: "bot-refresh",
        clientId: "public-client",
        user: BOT,
        scopes: ["chat:read", "chat:edit", "moderator:read:followers", "bits:read"],
      },
    ],
  },
  account: {
    clientId: "public-client",
    botLogin: BOT,
    accessToken: "bot-access",
    refreshToken: "bot-refresh",
  },
  channels: ["alice_live", BOT],
};

const saidBy = (lines: TrialHouse["lines"], channel: string) =>
  lines
    .filter((line) => line.kind === "chat-message" && line.user === BOT && line.channel === channel)
    .map((line) => String(line.text));

/** How everything ended that was told of this topic. */
const endsOf = (house: TrialHouse, channel: string, topic: string) =>
  house
    .log(`broadcast/${channel}/commands.log`)
    .filter((line) => line.topic === topic)
    .map((line) => line.because ?? line.outcome)
    .sort();

/** What the bot says of what happens now; resolves when nothing more can come of it. */
async function thanksFor(
  house: TrialHouse,
  channel: string,
  path: string,
  body: object,
  thanks: string,
): Promise<readonly string[]> {
  const from = house.lines.length;
  await house.sim.order(path, body);
  await house.heard((line) => line.user === BOT && line.channel === channel && line.text === thanks, from);
  await house.until(house.hubStatus, (status) => status.workers.every((one) => one.unacknowledged === 0));
  // What IRC told before this line has been heard when this line is answered.
  const asker = `asks_${from}`;
  await house.say(channel, asker, "!ping");
  await house.replyTo(channel, asker, from);
  return saidBy(house.lines.slice(from), channel).filter((text) => !text.startsWith("@asks"));
}

describe("on a WebSocket with the bot's token", () => {
  let house: TrialHouse;
  beforeAll(async () => {
    house = await openTrialHouse(settings(), { scene: webSocketScene });
  });
  afterAll(() => house?.close());

  test("a follow, told to the bot as a moderator, also when Twitch tells it again under another id", async () => {
    await house.fault({ do: "duplicate", place: "eventsub", times: 2, count: 1, newId: true });
    const said = await thanksFor(
      house,
      "alice_live",
      "/channels/alice_live/follow",
      { user: "carol_cat" },
      "thanks for the follow, carol_cat",
    );
    expect(said).toEqual(["thanks for the follow, carol_cat"]);
    expect((await house.hubStatus()).events.duplicates).toBe(1);
  });

  test("a subscription, which without the broadcaster's grant only chat tells", async () => {
    const said = await thanksFor(
      house,
      "alice_live",
      "/channels/alice_live/subscribe",
      { user: "dave_brave" },
      "thanks for the sub, dave_brave",
    );
    expect(said).toEqual(["thanks for the sub, dave_brave"]);
  });

  test("a raid, told by EventSub and by chat", async () => {
    const said = await thanksFor(
      house,
      "alice_live",
      "/channels/bob_plays/raid",
      { to: "alice_live", viewers: 7 },
      "welcome bob_plays and 7",
    );
    expect(said).toEqual(["welcome bob_plays and 7"]);
    expect(endsOf(house, "alice_live", "channel.raid")).toEqual(["answered", "told-before"]);
  });

  test("a cheer in the bot's own channel, told by EventSub and by chat", async () => {
    const said = await thanksFor(
      house,
      BOT,
      `/channels/${BOT}/cheer`,
      { user: "zoe_zzz", bits: 50 },
      "thanks for 50 bits, zoe_zzz",
    );
    expect(said).toEqual(["thanks for 50 bits, zoe_zzz"]);
    expect(endsOf(house, BOT, "channel.cheer")).toEqual(["answered", "told-before"]);
  });

  test("what can't be carried is refused with the reason, and is no trouble where chat tells it", async () => {
    const status = await house.until(house.hubStatus, (one) => one.health === "healthy");
    const refused = status.subscriptions.filter((one) => one.state === "refused");
    expect(refused.map((one) => `${one.channel} ${one.topic}`).sort()).toEqual([
      "alice_live channel.cheer",
      "alice_live channel.subscribe",
      "alice_live channel.subscription.gift",
      "kissbot channel.subscribe",
      "kissbot channel.subscription.gift",
    ]);
    const detailOf = (channel: string) =>
      refused.find((one) => one.channel === channel && one.topic === "channel.subscribe")?.detail;
    expect(detailOf("alice_live")).toContain("takes the broadcaster's grant of channel:read:subscriptions");
    expect(detailOf(BOT)).toBe(
      "channel.subscribe needs channel:read:subscriptions, which the bot's token lacks",
    );
    expect((await house.status()).health).toBe("healthy");
  });
});

describe("on a conduit, where the broadcaster has granted it", () => {
  let house: TrialHouse;
  beforeAll(async () => {
    house = await openTrialHouse(
      settings({ redemption: on("{user} takes {reward}"), poll_end: on("{winner}") }),
    );
  });
  afterAll(() => house?.close());

  test("gifts, told by EventSub and by chat, are thanked for once; a second gift is another one", async () => {
    const give = (to: readonly string[]) =>
      thanksFor(
        house,
        "alice_live",
        "/channels/alice_live/gift",
        { by: "mila_92", to },
        "thanks for 2 gifts, mila_92",
      );
    expect(await give(["kai_speedrun", "zoe_zzz"])).toEqual(["thanks for 2 gifts, mila_92"]);
    expect(await give(["dave_brave", "nosuchluck"])).toHaveLength(1);
    expect(endsOf(house, "alice_live", "channel.subscription.gift")).toEqual([
      "answered",
      "answered",
      "told-before",
      "told-before",
    ]);
  });

  test("a redemption, which only EventSub tells", async () => {
    const said = await thanksFor(
      house,
      "bob_plays",
      "/channels/bob_plays/redeem",
      { user: "mila_92", reward: "Hydrate @everybody" },
      "mila_92 takes Hydrate everybody",
    );
    expect(said).toEqual(["mila_92 takes Hydrate everybody"]);
  });

  test("what the broadcaster has not granted is refused, and it is said which scope is missing", async () => {
    const { subscriptions } = await house.hubStatus();
    const refused = subscriptions.filter((one) => one.state === "refused");
    expect(refused.map((one) => `${one.channel} ${one.topic}`).sort()).toEqual([
      "alice_live channel.poll.end",
      "bob_plays channel.poll.end",
    ]);
    expect(refused[0]?.detail).toContain(
      "channel.poll.end takes the broadcaster's grant of channel:read:polls or channel:manage:polls: 403",
    );
  });
});
