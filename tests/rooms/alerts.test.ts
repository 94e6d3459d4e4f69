/** What holds for all alerts together; what each says stands in tests/scripts/alert-*.chat. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkoutFolder } from "../../shared/home.ts";
import alerts, { stepFlood } from "../../worker/modules/alerts.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { calmSurroundings, openWorkerRoom } from "../support/worker-room.ts";

const defaults = v.parse(alerts.config, {});
const names = Object.keys(defaults).filter((name) => name !== "anonymous");
const wanted = (settings: object) => {
  const { topics } = alerts;
  return typeof topics === "function" ? topics(v.parse(alerts.config, settings)) : topics;
};

let closing: (() => Promise<void>) | undefined;
afterEach(() => closing?.());

async function open(settings: Readonly<Record<string, unknown>>) {
  const room = await openWorkerRoom({
    clock: makeFakeClock(),
    surroundings: calmSurroundings(),
    prefix: "!",
    settings,
    modules: [],
    claims: new Set(),
  });
  closing = room.close;
  return room;
}

test("nothing is wanted of Twitch until somebody wants it said", () => {
  expect(wanted({})).toEqual([]);
  expect(wanted({ raid: { enabled: true }, cheer: { enabled: false } })).toEqual(["channel.raid"]);
  const all = Object.fromEntries(names.map((name) => [name, { enabled: true }]));
  expect(new Set(wanted(all)).size).toBe(names.length);
});

test("the worker wishes for what is enabled, and for nothing else", async () => {
  const before = await open({});
  const { registry } = await open({ alerts: { follow: { enabled: true } } });
  const added = registry.topics().filter((topic) => !before.registry.topics().includes(topic));
  expect(added).toEqual(["channel.follow"]);
  expect(registry.hasListeners("channel.follow")).toBe(true);
  expect(before.registry.hasListeners("channel.follow")).toBe(false);
  await before.close();
});

test("a wrong setting puts the module to sleep and says which", async () => {
  const { troubles, registry } = await open({ alerts: { follow: { enabled: "yes" }, raids: {} } });
  expect(troubles).toEqual([expect.stringMatching(/^module-sleeps: alerts: .*follow\.enabled/)]);
  expect(registry.hasListeners("channel.follow")).toBe(false);
});

test("each has a script", () => {
  const scripts = readdirSync(join(import.meta.dirname, "..", "scripts"));
  expect(scripts).toEqual(
    expect.arrayContaining(names.map((name) => `alert-${name.replaceAll("_", "-")}.chat`)),
  );
});

test("the sample configuration shows each, as it is when nothing is said of it", () => {
  const sample = readFileSync(join(checkoutFolder, "config", "config.sample.yaml"), "utf8");
  const shown = parse(sample.replace(/^(\s*)#(?=\S)/gm, "$1")).modules.alerts;
  expect(Object.keys(shown).sort()).toEqual(Object.keys(defaults).sort());
  for (const name of names) expect(shown[name].enabled, name).toBe(false);
});

describe("a flood", () => {
  test("is cut at five in ten seconds, and over when the window is", () => {
    let saidAt: readonly number[] = [];
    const said = [0, 1, 2, 3, 4, 5, 9_999, 10_000, 10_001, 10_004].filter((now) => {
      const step = stepFlood(saidAt, now);
      saidAt = step.saidAt;
      return !step.isTooMany;
    });
    expect(said).toEqual([0, 1, 2, 3, 4, 10_000, 10_001, 10_004]);
  });
});
