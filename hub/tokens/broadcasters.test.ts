import * as v from "valibot";
import { expect, test } from "vitest";
import type { Account, Accounts } from "../../db/accounts.ts";
import { Login, UserId } from "../../shared/ids.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { silentLog } from "../../tests/support/silent-log.ts";
import type { IdTwitch } from "../twitch/id-twitch.ts";
import { startBroadcasters } from "./broadcasters.ts";

const HOUR_MS = 3_600_000;
const login = (name: string) => v.parse(Login, name);

/** Accounts in memory: what stands in them for broadcasters. */
function makeAccounts(stored: readonly string[]) {
  const rows = new Map(
    stored.map((name) => [
      name,
      { accessToken: `${name}-a0`, refreshToken: `${name}-r0` as string | undefined },
    ]),
  );
  const rowOf = (name: string) =>
    ({
      login: login(name),
      tokenType: "broadcaster",
      status: "valid",
      grownFrom: undefined,
    }) as unknown as Account;
  const accounts: Accounts = {
    all: () => [...rows.keys()].map(rowOf),
    find: (key) => (rows.has(key.login) ? rowOf(key.login) : undefined),
    tokensOf(key) {
      const tokens = rows.get(key.login);
      return tokens ? { is: "found", tokens, account: rowOf(key.login) } : { is: "none" };
    },
    put: ({ login: name, tokens }) => void rows.set(name, tokens),
    noteValid() {},
    noteFailure() {},
    remove: (key) => rows.delete(key.login),
  };
  return { accounts, rows };
}

function open(using: { readonly stored?: readonly string[]; readonly configured?: readonly string[] }) {
  const clock = makeFakeClock();
  const asked: string[] = [];
  const lost: string[] = [];
  const issuedAt = new Map<string, number>();
  const { accounts, rows } = makeAccounts(using.stored ?? []);
  const idTwitch: IdTwitch = {
    async validate(token) {
      asked.push(`validate ${token}`);
      if (token.startsWith("gone")) return { is: "invalid", problem: "401" };
      const name = token.split("-")[0] ?? "";
      const facts = { clientId: "client", login: login(name), userId: v.parse(UserId, "7"), scopes: [] };
      return {
        is: "valid",
        facts: { ...facts, expiresInMs: 4 * HOUR_MS - (clock.now() - (issuedAt.get(token) ?? 0)) },
      };
    },
    async refresh(token) {
      asked.push(`refresh ${token}`);
      const [name, number] = token.split("-r");
      if (name === "gone") return { is: "needs-reauth", problem: "Invalid refresh token" };
      const next = Number(number) + 1;
      issuedAt.set(`${name}-a${next}`, clock.now());
      return { is: "fresh", accessToken: `${name}-a${next}`, refreshToken: `${name}-r${next}` };
    },
  };
  const broadcasters = startBroadcasters({
    configured: (using.configured ?? []).map((name) => ({
      login: login(name),
      accessToken: `${name}-a0`,
      refreshToken: `${name}-r0`,
    })),
    accounts,
    clientId: "client",
    idTwitch,
    clock,
    random: () => 0,
    log: silentLog,
    onReauthNeeded: (name) => lost.push(name),
    onReauthOver: () => {},
    onRefreshed() {},
  });
  return { clock, asked, lost, rows, broadcasters, accounts };
}

test("tokens of the configuration and of the database are proved at once, each hour, and renewed before they run out", async () => {
  const { clock, asked, rows, broadcasters } = open({ configured: ["alice"], stored: ["bob"] });
  await clock.advance(1);
  expect(asked).toEqual(["validate alice-a0", "validate bob-a0"]);
  await clock.advance(HOUR_MS);
  expect(asked.slice(2).toSorted()).toEqual(["validate alice-a0", "validate bob-a0"]);
  await clock.advance(4 * HOUR_MS);
  expect(rows.get("alice")).toEqual({ accessToken: "alice-a1", refreshToken: "alice-r1" });
  expect(rows.get("bob")).toMatchObject({ accessToken: "bob-a1" });
  expect(broadcasters.state().map((one) => [one.login, one.token.is])).toEqual([
    ["alice", "good"],
    ["bob", "good"],
  ]);
  await broadcasters.stop();
  expect(clock.pending()).toBe(0);
});

test("one whose login is over is told, and costs the others nothing", async () => {
  const { clock, lost, broadcasters } = open({ stored: ["gone", "bob"] });
  await clock.advance(1);
  expect(lost).toEqual(["gone"]);
  expect(broadcasters.state().map((one) => one.token.is)).toEqual(["needs-reauth", "good"]);
  await broadcasters.stop();
});

test("whoever logs in later gets an owner; whoever was revoked is told of no more", async () => {
  const { clock, accounts, broadcasters } = open({ stored: ["bob"] });
  expect(broadcasters.ownerOf(login("carol"))).toBeUndefined();
  const tokens = { accessToken: "carol-a0", refreshToken: "carol-r0" };
  accounts.put({ login: login("carol"), tokenType: "broadcaster", tokens });
  const answer = await broadcasters.ownerOf(login("carol"))?.get();
  expect(answer).toMatchObject({ is: "token", token: { accessToken: "carol-a0" } });
  await clock.advance(1);
  await broadcasters.ownerOf(login("bob"))?.forget("revoked");
  accounts.remove({ login: login("bob"), tokenType: "broadcaster" });
  expect(broadcasters.state().map((one) => one.login)).toEqual(["carol"]);
  await broadcasters.stop();
});
