/** Asking about games in chat, by real processes against the simulated Steam, RAWG and IGDB. */
import { existsSync, statSync, truncateSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGameIndex } from "../../engine/build-index.ts";
import { openGameIndex } from "../../engine/index.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse();
});
afterAll(() => house.close());

const Calls = v.object({ calls: v.array(v.object({ path: v.string(), status: v.number() })) });
const Services = v.object({ steam: Calls, rawg: Calls, igdb: Calls });

async function calls(): Promise<Readonly<Record<"steam" | "rawg" | "igdb", number>>> {
  const response = await fetch(`http://127.0.0.1:${house.sim.address.port}/sim/games`);
  const { steam, rawg, igdb } = v.parse(Services, await response.json());
  return { steam: steam.calls.length, rawg: rawg.calls.length, igdb: igdb.calls.length };
}
const turn = (knobs: object) => house.sim.order("/games", knobs);

let viewers = 0;
/** A viewer of its own each time: Twitch lets nobody say more than one line a second. */
async function ask(text: string, channel = "alice_live"): Promise<string> {
  const viewer = `gamer_${viewers++}`;
  await house.say(channel, viewer, text);
  return (await house.replyTo(channel, viewer)).replace(`@${viewer} `, "");
}

/** The channel's worker is killed, and another takes its place. */
async function renew(channel: string): Promise<void> {
  const childId = `worker:${channel}`;
  const { pid } = await house.child(childId);
  process.kill(pid ?? 0, "SIGKILL");
  await house.until(
    () => house.child(childId),
    (child) => child.pid !== pid && child.state === "running" && child.stage === "ready",
  );
}

const VAMPIRES =
  "🎮 Vampire Survivors (2022) - Dev: poncle - Pub: poncle - ⭐ 4.3/5 - 🕹️ PC, Mac, Xbox One | Fauchez des milliers de créatures de la nuit et survivez jusqu'à l'aube ! Un jeu gothique aux éléments rogue-lite. - 🔥 HIGH (3 sources)";

describe("!gi vampire survivors", () => {
  test("cold: the three sources are asked side by side, and agree", async () => {
    expect(await ask("!gi vampire survivors")).toBe(VAMPIRES);
    expect(await calls()).toEqual({ steam: 2, rawg: 2, igdb: 1 });
  });

  test("warm: nobody is asked, in this channel and in the other", async () => {
    const before = await calls();
    expect(await ask("!gi Vampire Survivors")).toBe(VAMPIRES);
    await house.until(
      async () => rows("SELECT count(*) AS n FROM game_cache"),
      ([row]) => row?.n === 1,
    );
    expect(await ask("!gi VAMPIRE survivors!", "bob_plays")).toBe(VAMPIRES);
    expect(await calls()).toEqual(before);
  });

  test("with all sources down it comes from the cache, also for a worker that has just started", async () => {
    await turn({ service: "all", fault: "down" });
    await renew("bob_plays");
    expect(await ask("!gi vampire survivors", "bob_plays")).toBe(VAMPIRES);
  });

  test("and what nobody has at hand then is said to be out of reach, not unknown", async () => {
    expect(await ask("!gi hollow knight")).toBe(
      "⏳ Recherche de jeux indisponible pour le moment, réessaie dans une minute.",
    );
    await turn({ service: "all" });
  });
});

const rows = (sql: string) => {
  const db = new DatabaseSync(house.home.database, { readOnly: true });
  try {
    return db.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
};

test("a game that nobody knows is named as such, and the sources are asked once", async () => {
  expect(await ask("!gi qwxyz blorp nonsense")).toBe("❓ Jeu introuvable : qwxyz blorp nonsense");
  const before = await calls();
  expect(await ask("!gi qwxyz blorp nonsense", "bob_plays")).toBe(
    "❓ Jeu introuvable : qwxyz blorp nonsense",
  );
  expect(await calls()).toEqual(before);
});

test("two workers that ask for the same new game at once make one question of it", async () => {
  await turn({ service: "all", delayMs: 300 });
  const before = await calls();
  const [one, other] = await Promise.all([ask("!gi celeste"), ask("!gi celeste", "bob_plays")]);
  await turn({ service: "all" });
  expect(one).toMatch(/^🎮 Celeste \(2018\)/);
  expect(other).toBe(one);
  const after = await calls();
  expect({
    steam: after.steam - before.steam,
    rawg: after.rawg - before.rawg,
    igdb: after.igdb - before.igdb,
  }).toEqual({ steam: 2, rawg: 2, igdb: 1 });
});

test("namesakes are offered by number; whoever asked answers with one", async () => {
  await house.say("alice_live", "picky", "!gi prey");
  const offer = await house.replyTo("alice_live", "picky");
  expect(offer).toBe(
    "@picky 🔍 Plusieurs jeux trouvés pour 'prey' : 1. Prey (2017) | 2. Prey (2006) → réponds 1 ou 2",
  );
  const from = house.lines.length;
  await house.say("alice_live", "bystander", "2");
  await house.sim.order("/clock", { advanceMs: 1_500 });
  await house.say("alice_live", "picky", "2");
  expect(await house.replyTo("alice_live", "picky", from)).toMatch(
    /^@picky 🎮 Prey \(2006\) - Dev: Human Head/,
  );
});

test("the game that is played is told with the same facts; offline and no game have sentences of their own", async () => {
  expect(await ask("!gc")).toBe("💤 Alice_Live est hors ligne actuellement.");
  await house.sim.order("/channels/alice_live/online", { game: "Hades", viewers: 7 });
  const told = await house.until(
    () => ask("!gc"),
    (text) => !text.includes("hors ligne"),
  );
  const facts =
    "🎮 Hades (2020) - Dev: Supergiant Games - Pub: Supergiant Games - ⭐ 4.7/5 - 🕹️ PC, PS4, Xbox One";
  expect(told).toMatch(
    new RegExp(`^Alice_Live joue actuellement à ${facts.replaceAll(/[()]/g, "\\$&")} \\|`),
  );
  // Its name alone may have other bearers: that is a question of its own, with the same facts for an answer.
  const said = await ask("!gi hades");
  expect(said).toContain(facts);
  const before = await calls();
  expect(await ask("!gc", "alice_live")).toBe(told);
  expect(await ask("!gi Hades (2020)")).toBe(said);
  expect(await calls()).toEqual(before);
  await house.sim.order("/channels/alice_live/update", { game: "Just Chatting" });
  expect(
    await house.until(
      () => ask("!gc"),
      (text) => !text.includes("Hades"),
    ),
  ).toBe("🎮 Alice_Live est en live : Just Chatting (7 viewers)");
});

test("whatever a source sends fits into one message", async () => {
  const said = await ask("!gi endless title of words");
  expect(said.length).toBeLessThanOrEqual(500);
  expect(said).toMatch(/^🎮 Endless Title .* 🚧 \(2026\).*sources\)$/);
  expect(said).not.toMatch(/[<>]|&amp;|&quot;/);
});

test("hits are written down by the hub alone, and told to whoever asks", async () => {
  const [use] = await house.until(
    async () => rows("SELECT hits, misses FROM game_cache_use"),
    ([row]) => Number(row?.hits) > 0 && Number(row?.misses) > 0,
  );
  expect(use).toBeDefined();
  expect(await ask("!cache")).toMatch(/^📦 Cache: \d+ entrées \| \d+\.\d% hit rate \| \d+ hits\/\d+ miss$/);
});

test("with an index of titles a mistyped one is understood, and one that was learnt as well", async () => {
  expect(await ask("!gi stardew vally")).toBe("❓ Jeu introuvable : stardew vally");
  const built = await buildGameIndex({ to: house.home.gameIndex, now: Date.now() });
  expect(built.is).toBe("built");
  await renew("alice_live");
  expect(await ask("!gi stardew vally")).toMatch(/^🎮 Stardew Valley \(2016\)/);
  expect(await ask("!gi quxley adventures")).toMatch(/^🎮 Quxley Adventures \(2019\)/);
  await house.until(
    async () => existsSync(house.home.gameIndex.replace(/\.kbx$/, ".additions.jsonl")),
    (isThere) => isThere,
  );
  await renew("bob_plays");
  expect(await ask("!gi quxly adventures", "bob_plays")).toMatch(/^🎮 Quxley Adventures \(2019\)/);
});

describe("an index that is cut short under a running house", () => {
  const TROUBLE = "games-index-lost";
  const cutShort = () =>
    truncateSync(house.home.gameIndex, Math.floor(statSync(house.home.gameIndex).size / 3));
  const damage = (): string | undefined => {
    const opened = openGameIndex(house.home.gameIndex);
    if (opened.is === "failed") return opened.code;
    const found = opened.index.verify();
    opened.index.close();
    return found;
  };
  const troubles = async () =>
    ((await house.child("hub")).errors ?? [])
      .filter(({ text }) => text.startsWith(TROUBLE))
      .map(({ isOver }) => (isOver ? "over" : "lasting"));
  const saidBy = (file: string, text: string) =>
    house.log(file).filter(({ msg }) => String(msg).includes(text)).length;
  const pids = async () => (await house.status()).children.map(({ childId, pid }) => `${childId} ${pid}`);
  let before: readonly string[];

  // That nobody knows a spelling is remembered: each is another one.
  const letters = [..."abcdefghjklmnpqrstuvwxyz"];
  const slips = letters.flatMap((one) => [
    `!gi hollow kn${one}ght`,
    `!gi h${one}llow knight`,
    `!gi holl${one}w knight`,
  ]);
  /** A worker looks at the file every few seconds, when it is asked. */
  const isCorrectedAgain = () =>
    house.until(
      () => ask(slips.pop() ?? "!gi no slips are left"),
      (answer) => answer.startsWith("🎮 Hollow Knight (2017)"),
    );

  test("is built anew by the hub; questions are answered meanwhile, and slips put right after", async () => {
    before = await pids();
    expect(damage()).toBeUndefined();
    expect(await ask("!gi stardew vally")).toMatch(/^🎮 Stardew Valley/);
    cutShort();
    // As it was typed: the sources know it.
    expect(await ask("!gi hollow knight")).toMatch(/^🎮 Hollow Knight/);
    await house.until(
      async () => damage(),
      (found) => found === undefined,
    );
    await isCorrectedAgain();
    expect(await ask("!gi quxly adventures", "bob_plays")).toMatch(/^🎮 Quxley Adventures/);
    await house.until(troubles, ([trouble]) => trouble === "over");
    expect(saidBy("hub.log", "is spoilt: it is built anew")).toBe(1);
    expect(saidBy("hub.log", "was built anew of the catalogue")).toBe(1);
  });

  test("once more at once: it is named while it lasts, and over when an operator has built one", async () => {
    cutShort();
    await house.until(troubles, (told) => told.includes("lasting"));
    expect(await ask("!gi hollow knight")).toMatch(/^🎮 Hollow Knight/);
    const built = await buildGameIndex({ to: house.home.gameIndex, now: Date.now() });
    expect(built.is).toBe("built");
    await isCorrectedAgain();
    await house.until(troubles, (told) => !told.includes("lasting"));
    expect(await pids()).toEqual(before);
  });
});
