/** Logging in at Twitch, from nothing to a bot that answers, and everything that goes wrong on the way. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type LoginHouse, openLoginHouse } from "../support/login-house.ts";

let house: LoginHouse | undefined;
afterEach(async () => {
  const opened = house;
  house = undefined;
  await opened?.close();
});

const open = async (...wish: Parameters<typeof openLoginHouse>): Promise<LoginHouse> => {
  house = await openLoginHouse(...wish);
  return house;
};
/** Whole lives of a house, with a person in them. */
const LONG_MS = 180_000;
vi.setConfig({ testTimeout: LONG_MS });

const events = (at: LoginHouse) => at.posted.map(({ event, incident }) => `${event} ${incident}`);

describe("by device code", () => {
  test("from nothing to a bot that answers, without a restart; revoked and logged in again, told once each", async () => {
    const at = await open("public");
    const started = await at.kissbot("start", "--no-pm2");
    expect(started.err).toContain("./kissbot.sh auth login --bot");
    expect((await at.kissbot("auth", "status")).exitCode).toBe(2);
    await at.until(
      async () => events(at),
      (told) => told.length === 1,
    );
    expect(events(at)).toEqual(["incident-began hub not-logged-in"]);

    const loggedIn = await at.login(["--bot"], (shown) => at.approve(shown, "kissbot"));
    expect(loggedIn).toMatchObject({ exitCode: 0, err: "" });
    expect(loggedIn.out).toMatch(/^chat:edit +speaks in chat over IRC$/m);
    expect(loggedIn.out).not.toMatch(/follow|bits|user:bot/);
    await at.isWell();
    expect(await at.ask("zoe", "!ping")).toContain("@zoe ");
    const well = await at.kissbot("auth", "status", "--json");
    expect(well.exitCode).toBe(0);
    expect(JSON.parse(well.out)).toMatchObject({
      accounts: [{ login: "kissbot", state: "good", from: "database", missing: [], hasRefreshToken: true }],
      channels: [{ channel: "alice_live", moderator: "yes" }],
    });
    expect((await at.kissbot("auth", "refresh")).exitCode).toBe(0);
    await at.until(
      async () => events(at),
      (told) => told.length === 2,
    );

    const revoked = await at.kissbot("auth", "revoke", "--yes");
    expect(revoked.exitCode).toBe(0);
    const status = await at.until(
      () => at.kissbot("status"),
      ({ out }) => out.includes("waits for you"),
    );
    expect(status.out).toContain("./kissbot.sh auth login --bot");
    await at.until(
      async () => events(at),
      (told) => told.length === 3,
    );
    expect((await at.kissbot("auth", "status")).out).toContain("./kissbot.sh auth login --bot");

    expect((await at.login(["--bot"], (shown) => at.approve(shown, "kissbot"))).exitCode).toBe(0);
    await at.isWell();
    expect(await at.ask("carol", "!ping")).toContain("@carol ");
    await at.until(
      async () => events(at),
      (told) => told.length === 4,
    );
    expect(events(at)).toEqual([
      "incident-began hub not-logged-in",
      "incident-over hub not-logged-in",
      "incident-began hub needs-reauth",
      "incident-over hub needs-reauth",
    ]);
    const audit = (await at.kissbot("audit")).out;
    for (const event of ["token-stored", "token-refreshed", "token-revoked"]) expect(audit).toContain(event);
    expectNoSecrets(at);
  });

  test("a login that Twitch ends while the house runs is told once, and over once", async () => {
    const at = await open("public");
    await at.login([], (shown) => at.approve(shown, "kissbot"));
    await at.kissbot("start", "--no-pm2");
    await at.isWell();
    await at.sim.order("/faults", { do: "revoke-authorization", user: "kissbot", clientId: "open-client" });
    const refused = await at.kissbot("auth", "refresh");
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain("./kissbot.sh auth login --bot");
    await at.until(
      async () => events(at),
      (told) => told.length === 1,
    );
    expect(at.posted[0]?.text).toContain("./kissbot.sh auth login --bot");
    const shown = await at.kissbot("auth", "status");
    expect([shown.exitCode, shown.out]).toEqual([2, expect.stringContaining("needs-login")]);
    expect(shown.out).toContain("./kissbot.sh auth login --bot");
    const audit = (await at.kissbot("audit")).out;
    expect(audit).toContain("token-failed");
    // A supervisor's successor knows that it was told of.
    await at.kissbot("stop");
    await at.kissbot("start", "--no-pm2");
    await at.until(
      () => at.kissbot("status"),
      ({ out }) => out.includes("waits for you"),
    );
    await at.login([], (shown) => at.approve(shown, "kissbot"));
    await at.isWell();
    await at.until(
      async () => events(at),
      (told) => told.length >= 2,
    );
    expect(events(at)).toEqual(["incident-began hub needs-reauth", "incident-over hub needs-reauth"]);
  });

  test("another account than the bot's, a no, and a code that is too old store nothing and say so", async () => {
    const at = await open("public");
    const wrong = await at.login(["--bot"], (shown) => at.approve(shown, "mallory"));
    expect(wrong.exitCode).toBe(1);
    expect(wrong.err).toMatch(/you logged in as mallory, but the bot is kissbot: nothing was stored/);
    const denied = await at.login(["--bot"], (shown) => at.deny(shown));
    expect(denied).toMatchObject({ exitCode: 1, err: expect.stringContaining("the login was denied") });
    const HALF_AN_HOUR_MS = 31 * 60_000;
    const old = await at.login(["--bot"], () => at.sim.order("/clock", { advanceMs: HALF_AN_HOUR_MS }));
    expect(old).toMatchObject({ exitCode: 1, err: expect.stringContaining("nothing was stored") });
    expect((await at.kissbot("auth", "status", "--json")).out).toContain('"state": "needs-login"');
    const revoked = await at.kissbot("auth", "revoke", "--yes");
    expect(revoked).toMatchObject({ exitCode: 1, err: expect.stringContaining("nothing is known") });
  });

  test("without a house the command line refreshes and revokes by itself; a spent refresh token is used once", async () => {
    const at = await open("public");
    await at.login([], (shown) => at.approve(shown, "kissbot"));
    for (let times = 0; times < 3; times += 1) expect((await at.kissbot("auth", "refresh")).exitCode).toBe(0);
    expect((await at.kissbot("auth", "status")).exitCode).toBe(0);
    const asked = await at.kissbot("auth", "revoke");
    expect(asked).toMatchObject({ exitCode: 1, err: expect.stringContaining("nothing was revoked") });
    expect((await at.kissbot("auth", "revoke", "--yes")).exitCode).toBe(0);
    expect((await at.kissbot("auth", "status")).exitCode).toBe(2);
  });
});

test("by authorisation code: the browser comes back, and the house takes the login", async () => {
  const redirectUrl = "http://localhost:37841/callback";
  const at = await open("confidential", { redirectUrl });
  const browse = (user: string) => async (shown: { readonly link: string }) => {
    const asked = await fetch(`${shown.link}&sim_user=${user}`, { redirect: "manual" });
    await fetch(asked.headers.get("location") ?? "");
  };
  const denied = await at.login(["--code"], browse(""));
  expect(denied).toMatchObject({ exitCode: 1, err: expect.stringContaining("The user denied you access") });
  expect((await at.login([], browse("kissbot"))).exitCode).toBe(0);
  await at.kissbot("start", "--no-pm2");
  await at.isWell();
  const link = await at.kissbot("auth", "login", "--link", "--channel", "alice_live");
  expect(link.out).toContain("Nothing that is enabled needs a grant of alice_live.");
});

test("what is typed wrong is explained, exit code 64", async () => {
  const at = await open("public");
  for (const args of [
    ["dance"],
    ["login", "--bot", "--channel", "x"],
    ["status", "--yes"],
    ["login", "--code", "--device"],
  ])
    expect((await at.kissbot("auth", ...args)).exitCode).toBe(64);
  const code = await at.login(["--code"], async () => {});
  expect(code).toMatchObject({ exitCode: 1, err: expect.stringContaining("use --device") });
});

/** Every file of the home, and what the simulator gave out. */
function expectNoSecrets(at: LoginHouse): void {
  const texts = filesOf(at.home.logs).map((file) => readFileSync(file, "utf8"));
  for (const text of [...texts, JSON.stringify(at.posted)])
    expect(text).not.toContain("planted-webhook-secret");
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}
