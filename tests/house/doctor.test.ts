/** `kissbot.sh doctor` at a house that is well, at one that is not, and where there is none at all. */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { makeTrialHome } from "../../cli/trial/trial-home.ts";
import { kissbot, type Said } from "../support/kissbot-process.ts";
import { type LoginHouse, openLoginHouse } from "../support/login-house.ts";

const Page = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    verdict: v.picklist(["ok", "warn", "fail"]),
    checks: v.array(
      v.object({
        check: v.string(),
        findings: v.array(
          v.object({
            level: v.picklist(["ok", "warn", "fail"]),
            says: v.string(),
            fix: v.optional(v.string()),
          }),
        ),
      }),
    ),
  }),
);
const levelsOf = ({ out }: Said, of: string) =>
  v
    .parse(Page, out)
    .checks.find(({ check }) => check === of)
    ?.findings.map(({ level }) => level);
/** What would be the same on every machine: neither its tools nor its disk nor its backups. */
const HOUSE_CHECKS = [
  "config",
  "house",
  "files",
  "database",
  "key",
  "clock",
  "tokens",
  "scopes",
  "moderator",
  "eventsub",
];
const LONG_MS = 180_000;

let house: LoginHouse | undefined;
afterEach(async () => {
  const opened = house;
  house = undefined;
  await opened?.close();
});

test(
  "a house that is well, one without its login, and one that is broken in many places",
  async () => {
    const at = await openLoginHouse("public");
    house = at;
    await at.login([], (shown) => at.approve(shown, "kissbot"));
    await at.kissbot("start", "--no-pm2");
    await at.until(
      () => at.kissbot("status"),
      ({ exitCode }) => exitCode === 0,
    );
    const well = await at.kissbot("doctor", "--json");
    for (const check of HOUSE_CHECKS)
      expect([check, new Set(levelsOf(well, check))]).toEqual([check, new Set(["ok"])]);
    expect(well.exitCode).toBeLessThan(2);
    for (const planted of ["planted-webhook-secret", at.home.folder]) expect(well.out).not.toContain(planted);

    await at.sim.order("/faults", { do: "revoke-authorization", user: "kissbot", clientId: "open-client" });
    await at.sim.order("/channels/alice_live/moderator", { user: "kissbot", remove: true });
    await at.kissbot("auth", "refresh");
    const lost = await at.kissbot("doctor");
    expect(lost.exitCode).toBe(2);
    expect(lost.out).toMatch(/^fail +tokens +kissbot \(bot\): .*\n +\.\/kissbot\.sh auth login --bot$/m);
    expect(lost.out).toMatch(/^warn +moderator +nobody could say/m);

    await at.login([], (shown) => at.approve(shown, "kissbot"));
    const unmodded = await at.kissbot("doctor");
    expect(unmodded.out).toMatch(/^warn +moderator +is no moderator in alice_live/m);
    await at.kissbot("stop");

    chmodSync(at.home.configFile, 0o644);
    rmSync(join(at.home.folder, ".kissbot.key"));
    writeFileSync(
      join(at.home.pids, "supervisor.json"),
      '{"pid":1,"startTicks":"7","since":"2026-01-01T00:00:00Z"}',
    );
    const broken = await at.kissbot("doctor");
    rmSync(join(at.home.pids, "supervisor.json"));
    expect(broken.exitCode).toBe(2);
    expect(broken.out).toMatch(/^warn +files +others may get at .*\n +chmod 600 /m);
    expect(broken.out).toMatch(/^fail +key +no key at /m);
    expect(broken.out).toMatch(/^warn +house +.*has left its note behind/m);
  },
  LONG_MS,
);

test(
  "with no configuration, and with one that is wrong, every check still answers",
  async () => {
    const trial = makeTrialHome(process.env);
    try {
      const none = await kissbot(trial.home.folder, "doctor", "--json");
      expect(none.exitCode).toBe(2);
      expect(levelsOf(none, "config")).toEqual(["fail"]);
      expect(levelsOf(none, "tokens")).toEqual(["ok"]);
      trial.writeConfig("twitch:\n  client_id: x\n  client_secrett: planted-secret-typo\n");
      const wrong = await kissbot(trial.home.folder, "doctor");
      expect(wrong.exitCode).toBe(2);
      expect(wrong.out).toMatch(/^fail +config +.*config\.yaml:3/m);
      expect(wrong.out).not.toContain("planted-secret-typo");
    } finally {
      trial.remove();
    }
  },
  LONG_MS,
);

test(
  "offline: what Twitch would say is unknown, and said to be",
  async () => {
    const trial = makeTrialHome(process.env);
    try {
      const nowhere = "http://127.0.0.1:9";
      trial.writeConfig(
        JSON.stringify({
          twitch: {
            client_id: "c",
            bot_login: "kissbot",
            tokens: { kissbot: { access_token: "planted-access", refresh_token: "planted-refresh" } },
            urls: { helix: nowhere, id: nowhere, eventsub: "ws://127.0.0.1:9", chat: "ws://127.0.0.1:9" },
          },
          monitor: { port: 0 },
        }),
      );
      const offline = await kissbot(trial.home.folder, "doctor", "--json");
      expect(levelsOf(offline, "clock")).toEqual(["warn"]);
      expect(levelsOf(offline, "tokens")).toEqual(["warn"]);
      expect(offline.out).not.toMatch(/planted/);
    } finally {
      trial.remove();
    }
  },
  LONG_MS,
);
