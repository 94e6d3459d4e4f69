/** A machine without cargo: there is no addon, and everything that asks about games still has an answer. */
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchSupervisor } from "../../cli/house/launch.ts";
import { type BareCheckout, makeBareCheckout } from "../support/bare-checkout.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

let checkout: BareCheckout;
let house: TrialHouse;
beforeAll(async () => {
  checkout = makeBareCheckout();
  house = await openTrialHouse(
    {},
    { launch: (home, environment) => launchSupervisor(home, environment, checkout.supervisorProgram) },
  );
});
afterAll(async () => {
  await house?.close();
  checkout?.remove();
});

function cli(...args: readonly string[]): string {
  const environment = { ...process.env, KISSBOT_HOME: house.home.folder };
  const said = spawnSync(process.execPath, [checkout.cliProgram, ...args], {
    env: environment,
    encoding: "utf8",
  });
  return `${said.stdout}${said.stderr}`;
}

test("the index is built and searched by the TypeScript engine, and says so", () => {
  expect(cli("games", "build")).toMatch(/titles/);
  expect(cli("games", "info")).toMatch(/engine +typescript: the addon is not built/);
  expect(cli("games", "search", "vampyre survivors")).toMatch(/Vampire Survivors .* edits/);
});

test("a mistyped title is understood in chat", async () => {
  await house.say("alice_live", "gamer", "!gi stardew vally");
  expect(await house.replyTo("alice_live", "gamer")).toMatch(/^@gamer 🎮 Stardew Valley \(2016\)/);
});

test("status and doctor name the engine and the reason", () => {
  expect(cli("status")).toMatch(/games: .*typescript.*not built/i);
  expect(cli("doctor")).toMatch(/TypeScript engine|typescript/i);
});
