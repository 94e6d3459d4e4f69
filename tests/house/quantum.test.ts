/** What the crowd settles, over all joints: chat, worker, hub, MusicBrainz (simulated), database, other channels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAuditLog } from "../../db/audit-log.ts";
import { openReadOnly } from "../../db/open.ts";
import { isSaidByBot, openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let house: TrialHouse;
beforeAll(async () => {
  house = await openTrialHouse();
});
afterAll(() => house?.close());

const said = async (channel: string, user: string, text: string, answer: RegExp) => {
  const from = house.lines.length;
  await house.say(channel, user, text);
  const line = await house.heard(
    (one) => one.channel === channel && isSaidByBot(one) && answer.test(String(one.text)),
    from,
  );
  return String(line.text);
};
const musicUrl = () => `${house.sim.address.httpUrl}/musicbrainz`;
const knobs = (body: object) =>
  fetch(`${musicUrl()}/knobs`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const asked = async (): Promise<{ query: string; userAgent: string }[]> =>
  (await fetch(`${musicUrl()}/asked`)).json() as Promise<{ query: string; userAgent: string }[]>;

test("a name means several things, a moderator settles it, and every channel knows", async () => {
  const list = await said("alice_live", "carol_cat", "!qmusic One More Time", /Superposition/);
  expect(list).toMatch(
    /^@carol_cat 🔬 Superposition pour 'One More Time': \| 1\. ⚛️ One More Time - Daft Punk \(2000\)/,
  );
  expect(list).toMatch(/→ !collapse music:One More Time <1-3> pour confirmer$/);

  const settled = await said("alice_live", "alice_live", "!collapse music:one more time 1", /💥/);
  expect(settled).toBe(
    "💥 @Alice_Live a fait collapse 'one more time' → One More Time - Daft Punk (2000) ✅ État figé !",
  );
  const elsewhere = await said("bob_plays", "mila_92", "!qmusic ONE MORE TIME!", /🔒|🔬/);
  expect(elsewhere).toMatch(/🔒 One More Time - Daft Punk \(2000\) - CONFIRMÉ ✅ \(1 confirmation\)$/);
  const again = await said("bob_plays", "bob_plays", "!collapse music:one more time 1", /💥/);
  expect(again).toContain("État figé");
  expect(await said("bob_plays", "kai_speedrun", "!qmusic one more time", /🔒/)).toContain(
    "(2 confirmations)",
  );
  expect(await said("bob_plays", "nosuchluck", "!quantum", /Système/)).toMatch(
    /MUSIC: 1 tracks \| 33% verified$/,
  );
  const calls = await asked();
  expect(calls).toHaveLength(1);
  expect(calls[0]?.userAgent).toMatch(/^KissBot\/[\d.]+ \( https:\/\/www\.twitch\.tv\/kissbot \)$/);
});

test("a viewer settles nothing", async () => {
  const from = house.lines.length;
  await house.say("alice_live", "viewer_three", "!collapse music:one more time 2");
  await said("alice_live", "viewer_four", "!ping", /Pong/);
  expect(house.lines.slice(from).filter(({ text }) => /💥|déjà figé/.test(String(text)))).toEqual([]);
});

test("what was settled is taken back by a moderator, and both stand in the audit log", async () => {
  const undone = await said("bob_plays", "bob_plays", "!collapse undo one more time", /↩️/);
  expect(undone).toContain("a annulé le collapse de 'one more time'");
  expect(await said("alice_live", "zoe_zzz", "!qmusic one more time", /🔒|🔬/)).toContain("🔬");
  const db = openReadOnly(house.home.database);
  const entries = makeAuditLog(db, "cli").find({ countMax: 50 });
  db.close();
  expect(entries.filter(({ event }) => event.startsWith("crowd-"))).toMatchObject([
    {
      event: "crowd-collapsed",
      channel: "alice_live",
      person: "alice_live",
      details: { domain: "music", name: "one more time", choice: "One More Time (2000)" },
    },
    { event: "crowd-undone", channel: "bob_plays", person: "bob_plays" },
  ]);
});

test("a MusicBrainz that misbehaves is said in a sentence, and nothing is remembered of it", async () => {
  await knobs({ fault: "html", perSecond: 0 });
  expect(await said("alice_live", "viewer_one", "!qmusic megalovania", /recherche|Superposition/)).toBe(
    "@viewer_one ❌ La recherche ne répond pas, réessaie plus tard",
  );
  await knobs({ fault: "none", perSecond: 0 });
  const answer = await said("alice_live", "viewer_two", "!qmusic megalovania", /recherche|Superposition/);
  expect(answer).toContain("Megalovania - Toby Fox (2015)");
});

test("what nobody confirmed evaporates when a moderator says so", async () => {
  expect(await said("alice_live", "alice_live", "!decoherence megalovania, no such song", /💨|Aucun/)).toBe(
    "@Alice_Live 💨 États supprimés: megalovania (1 total)",
  );
  expect(await said("alice_live", "alice_live", "!decoherence", /💨/)).toMatch(
    /💨 Décohérence globale \| GAME: 0 évaporés \| MUSIC: 3 évaporés$/,
  );
});

test("a game that moderators settled is what !gi answers with, in every channel", async () => {
  const list = await said("alice_live", "viewer_ten", "!qgame doom", /🔬|❌/);
  expect(list).toMatch(/Doom \(1993\)/i);
  const position = /(\d)\. \S+ Doom \(1993\)/i.exec(list)?.[1];
  await said("alice_live", "alice_live", `!collapse doom ${position}`, /💥/);
  expect(await said("bob_plays", "viewer_eleven", "!gi doom", /🎮|🔍|❌/)).toMatch(/🎮 Doom \(1993\)/i);
  await said("alice_live", "alice_live", "!collapse undo doom", /↩️/);
  expect(await said("bob_plays", "viewer_twelve", "!gi doom", /🎮|🔍|❌/)).not.toMatch(/🎮 Doom \(1993\)/i);
});

test("the hub logs no viewer's words as its own", () => {
  const log = readFileSync(join(house.home.logs, "hub.log"), "utf8");
  expect(log).not.toContain('"level":"error"');
});
