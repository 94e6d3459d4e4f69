/** As repository-bodies.test.ts, for what the house itself keeps: no SQL here, so that every dialect can run them. */
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChannelId, Login, UserId } from "../shared/ids.ts";
import { hades } from "../tests/support/memory-games.ts";
import { type Dialect, type Repositories, sqlite } from "../tests/support/sqlite-dialect.ts";

const DIALECTS: readonly Dialect[] = [sqlite];
const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => v.parse(Login, name)) as [
  Login,
  Login,
  Login,
];
const channelId = v.parse(ChannelId, "1");
const user = (id: number) => v.parse(UserId, String(id));
const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

describe.each(DIALECTS)("$name", (dialect) => {
  let opened: ReturnType<Dialect["open"]>;
  let here: Repositories;
  let there: Repositories;
  let now = NOW;
  beforeEach(() => {
    now = NOW;
    opened = dialect.open(() => now);
    here = opened.repositories;
    there = opened.again();
  });
  afterEach(() => opened.close());

  test("an account is stored, refreshed, found wanting and forgotten, for everybody", () => {
    const bot = { login: alice, tokenType: "bot" } as const;
    const owner = { login: alice, tokenType: "broadcaster" } as const;
    const tokens = { accessToken: "a1", refreshToken: "r1" };
    here.accounts.put({ ...bot, tokens, userId: user(7), scopes: ["chat:read"], expiresAt: NOW + HOUR });
    expect(there.accounts.tokensOf(bot)).toMatchObject({ is: "found", tokens, account: { status: "valid" } });
    expect(there.accounts.tokensOf(owner)).toEqual({ is: "none" });
    there.accounts.noteFailure(bot, "500 by and by");
    expect(here.accounts.find(bot)).toMatchObject({
      status: "valid",
      lastFailure: { problem: "500 by and by", at: NOW },
    });
    there.accounts.noteFailure(bot, "400 Invalid refresh token", "needs-reauth");
    expect(here.accounts.find(bot)?.status).toBe("needs-reauth");
    now += HOUR;
    here.accounts.put({ ...bot, tokens: { accessToken: "a2", refreshToken: "r2" }, isRefresh: true });
    expect(there.accounts.find(bot)).toMatchObject({ status: "valid", userId: "7", lastRefreshAt: now });
    expect([here.accounts.remove(bot), there.accounts.remove(bot)]).toEqual([true, false]);
    expect(there.accounts.all()).toEqual([]);
  });

  test("what happened is found by channel, time and event, the newest so many, and the oldest go", () => {
    here.audit.write("house-started", { pid: 7, adopted: 0 });
    now += 1_000;
    there.audit.write("channel-added", {}, { channel: alice, person: "root" });
    now += 1_000;
    here.audit.write("channel-added", {}, { channel: bob });
    const at = (wish: object) => there.audit.find({ countMax: 9, ...wish }).map((one) => one.at - NOW);
    expect([at({}), at({ countMax: 1 }), at({ channel: alice })]).toEqual([
      [0, 1_000, 2_000],
      [2_000],
      [1_000],
    ]);
    expect([at({ since: NOW + 1_000 }), at({ event: "channel-added", channel: bob })]).toEqual([
      [1_000, 2_000],
      [2_000],
    ]);
    expect([
      there.audit.removeOlderThan(NOW + 1_500, 1),
      there.audit.removeOlderThan(NOW + 1_500, 9),
    ]).toEqual([1, 1]);
    expect(at({})).toEqual([2_000]);
  });

  test("a setting is changed, taken back and restored, and each of it is a revision", () => {
    const [ann, root] = [{ person: "ann", via: "chat" } as const, { person: "root", via: "cli" } as const];
    expect(here.settings.change(alice, "prefix", "?", ann)).toMatchObject({ revision: { revision: 1 } });
    expect(there.settings.change(alice, "prefix", "?", root)).toEqual({ is: "same" });
    there.settings.change(alice, "weight", 2, root);
    here.settings.change(bob, "prefix", "+", ann);
    expect(there.settings.all()).toEqual(
      new Map([
        [alice, { own: { prefix: "?", weight: 2 }, revision: 2 }],
        [bob, { own: { prefix: "+" }, revision: 3 }],
      ]),
    );
    expect(there.settings.undo(alice, ann)).toMatchObject({ is: "undone", undone: { revision: 1 } });
    expect(here.settings.undo(alice, ann)).toEqual({ is: "nothing-to-undo" });
    const restored = here.settings.restore(alice, 1, root);
    expect(new Map(restored.map(({ key, after }) => [key, after]))).toEqual(
      new Map<string, unknown>([
        ["prefix", "?"],
        ["weight", undefined],
      ]),
    );
    expect(there.settings.at(alice, 2)).toEqual(
      new Map<string, unknown>([
        ["prefix", "?"],
        ["weight", 2],
      ]),
    );
    expect(there.settings.log({ channel: alice, countMax: 2 }).map(({ revision }) => revision)).toEqual([
      6, 5,
    ]);
    expect([there.settings.newest(), there.settings.find(7)]).toEqual([6, undefined]);
  });

  test("channels follow the configuration, and what an operator decided stays", () => {
    here.channels.seed([alice, bob]);
    expect([here.channels.setStopped(alice, true), there.channels.setStopped(alice, true)]).toEqual([
      true,
      false,
    ]);
    here.channels.setEnabled(bob, false);
    there.channels.add(carol);
    here.channels.seed([alice, bob]);
    const show = () =>
      there.channels.all().map((one) => [one.channel, one.origin, one.isEnabled, one.isStopped]);
    expect(show()).toEqual([
      [alice, "config", true, true],
      [bob, "config", false, false],
      [carol, "operator", true, false],
    ]);
    here.channels.seed([alice]);
    there.channels.add(alice);
    expect([here.channels.remove(carol), here.channels.remove(carol)]).toEqual([true, false]);
    expect(show()).toEqual([[alice, "config", true, false]]);
  });

  test("a channel's state is the one that was put last, whatever of it is unknown", () => {
    const live = {
      channelId,
      isStreamKnown: true,
      streamId: "9",
      newestStartAt: "2026-01-01T00:00:00Z",
      info: { title: "Hi ✨", language: "en", categoryId: "743", categoryName: "Chess" },
      lastFollowAt: undefined,
    };
    here.channelStates.put([live]);
    expect(there.channelStates.all()).toEqual([live]);
    const over = { ...live, streamId: undefined, info: undefined, lastFollowAt: "2026-01-02T00:00:00Z" };
    there.channelStates.put([over]);
    expect(here.channelStates.all()).toEqual([over]);
    here.channelStates.remove(channelId);
    expect(there.channelStates.all()).toEqual([]);
  });

  test("a wish for topics replaces the one before", () => {
    here.wishes.replace(alice, ["stream.online", "stream.offline"]);
    here.wishes.replace(alice, ["channel.update"]);
    here.wishes.replace(bob, ["stream.online"]);
    const fresh = () => opened.again().wishes.all();
    expect(fresh()).toEqual(
      new Map([
        [alice, new Set(["channel.update"])],
        [bob, new Set(["stream.online"])],
      ]),
    );
    here.wishes.keepOnly([bob]);
    expect([...fresh().keys()]).toEqual([bob]);
  });

  test("the hub's own facts and the services that are wanted outlive whoever wrote them", () => {
    here.hubState.put("conduit", "1");
    there.hubState.put("conduit", "2");
    expect([here.hubState.find("conduit"), here.hubState.find("other")]).toEqual(["2", undefined]);
    expect(here.services.wanted()).toEqual([]);
    here.services.setWanted("drakon", true);
    expect(there.services.wanted()).toEqual(["drakon"]);
    there.services.setWanted("drakon", false);
    expect(here.services.wanted()).toEqual([]);
  });

  test("events wait in the order they came until they are removed, and what was lost is counted", () => {
    const event = (id: string) =>
      JSON.stringify({
        kind: "event",
        seq: 1,
        id,
        at: "2026-01-01T00:00:00Z",
        body: { topic: "stream.offline", broadcasterLogin: "a", broadcasterName: "A" },
      });
    const insert = (channel: Login, id: string) => ({ channel, receivedAt: NOW, event: event(id) });
    const nothing = { inserts: [], removals: [], losses: [] };
    const written = here.journal.write(
      { ...nothing, inserts: [insert(alice, "a1"), insert(bob, "b1"), insert(alice, "a2")] },
      0,
    );
    const [first = 0] = written.is === "written" ? written.positions : [];
    here.journal.write({ ...nothing, removals: [first], losses: [{ channel: bob, lost: 4 }] }, 0);
    const loaded = there.journal.load();
    const shown = (loaded.is === "loaded" ? loaded.channels : []).map(({ channel, lost, events }) => [
      channel,
      lost,
      events.map((one) => one.event?.id),
    ]);
    expect(shown.sort()).toEqual([
      [alice, 0, ["a2"]],
      [bob, 4, ["b1"]],
    ]);
  });

  test("a game is found by every question that means it, until it is over", () => {
    const stored = {
      key: "hades",
      facts: hades,
      fetchedAt: NOW,
      freshUntil: NOW + HOUR,
      expiresAt: NOW + 2 * HOUR,
    };
    const means = { question: "hadse", expiresAt: NOW + 2 * HOUR };
    const written = here.games.write(
      {
        games: [stored],
        meanings: [
          { ...means, meant: "game", key: "hades" },
          { ...means, question: "nix", meant: "nothing" },
        ],
        hits: new Map([["hades", 3]]),
        misses: 1,
        calls: new Map([["rawg", 2]]),
      },
      NOW,
    );
    expect(written).toEqual({ is: "written" });
    expect(there.games.find("hadse", NOW)).toMatchObject({ is: "game", key: "hades", facts: hades });
    expect(there.games.findByKey("hades", NOW)).toMatchObject({ facts: hades, freshUntil: NOW + HOUR });
    expect([there.games.find("nix", NOW).is, there.games.find("else", NOW).is]).toEqual([
      "nothing",
      "unknown",
    ]);
    expect(there.games.find("hadse", NOW + 2 * HOUR)).toEqual({ is: "unknown" });
    expect(there.games.use(NOW)).toMatchObject({ entries: 1, hits: 3, misses: 1, top: { hits: 3 } });
    expect(there.games.callsOf("rawg", NOW)).toBe(2);
  });

  test("what the crowd says of a name is confirmed, means it, and is taken back", () => {
    const name = { scope: "house", domain: "game", key: "gta" } as const;
    const candidate = {
      identity: "grand theft auto v (2013)",
      title: "Grand Theft Auto V",
      sources: ["igdb"],
      witnesses: 1,
      genres: [],
    };
    here.crowd.observe(
      name,
      { renewed: [], added: [{ candidate, confidence: 0.6 }], dropped: [] },
      user(1),
      NOW,
    );
    const [state] = there.crowd.find(name, NOW);
    expect(state).toMatchObject({ candidate, confidence: 0.6, confirmations: 0 });
    const confirm = (by: UserId) =>
      there.crowd.confirm({ name, stateId: state?.id ?? 0, by, channelId, needed: 2, now: NOW }, () => {})
        ?.hasCollapsed;
    expect([confirm(user(1)), confirm(user(1)), confirm(user(2))]).toEqual([false, false, true]);
    expect(here.crowd.count("house", "game", NOW)).toEqual({ superpositions: 1, states: 1, verified: 1 });
    expect(here.crowd.undo(name, NOW, () => {})?.candidate.title).toBe("Grand Theft Auto V");
    expect(there.crowd.undo(name, NOW, () => {})).toBeUndefined();
    expect(there.crowd.evaporate({ scope: "house", domain: "game" })).toBe(1);
    expect(here.crowd.find(name, NOW)).toEqual([]);
  });

  test("a claim is granted once, over processes, and per channel and module", () => {
    const [first, second, other] = [here.memoryOf(alice), there.memoryOf(alice), there.memoryOf(bob)];
    expect([first.claim("a", "k"), first.claim("a", "k"), second.claim("a", "k")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([first.claim("b", "k"), other.claim("a", "k")]).toEqual([true, true]);
    second.release("a", "k");
    expect([first, second, other].map((one) => one.isClaimed("a", "k"))).toEqual([false, false, true]);
    for (const one of [first, second, other]) one.close();
  });
});
