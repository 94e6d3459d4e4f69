/** A module may want topics by its settings; one that asks for nonsense sleeps, and the others don't notice. */
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import type { Topic } from "../../shared/twitch/topics.ts";
import { type AnyModule, defineModule, nothing } from "../../worker/module.ts";
import { makeFakeClock } from "../support/fake-clock.ts";
import { calmSurroundings, openWorkerRoom } from "../support/worker-room.ts";

let room: Awaited<ReturnType<typeof openWorkerRoom>>;
afterEach(() => room.close());

async function open(modules: readonly AnyModule[], settings: Readonly<Record<string, unknown>> = {}) {
  room = await openWorkerRoom({
    clock: makeFakeClock(),
    surroundings: calmSurroundings(),
    prefix: "!",
    settings,
    modules,
    claims: new Set(),
  });
}

const asker = (name: string, topics: (config: { readonly raids: boolean }) => readonly Topic[]) =>
  defineModule({
    name,
    summary: "Asks for topics.",
    config: v.strictObject({ raids: v.optional(v.boolean(), false) }),
    topics,
    onEvent: () => nothing,
    start: () => undefined,
  });
const ofRaids = asker("raids", ({ raids }) => (raids ? ["channel.raid"] : []));

test.each([
  [{}, false],
  [{ raids: { raids: true } }, true],
])("with the settings %j", async (settings, isWanted) => {
  await open([ofRaids], settings);
  expect(room.registry.topics().includes("channel.raid")).toBe(isWanted);
  expect(room.registry.hasListeners("channel.raid")).toBe(isWanted);
  expect(room.registry.listeners("channel.raid").map(({ module }) => module)).toEqual(
    isWanted ? ["raids"] : [],
  );
});

test("one that asks for nonsense, or fails to ask, sleeps", async () => {
  const nonsense = asker("nonsense", () => ["channel.telepathy" as Topic]);
  const broken = asker("broken-asker", () => {
    throw new Error("it broke");
  });
  await open([nonsense, broken, ofRaids], { raids: { raids: true } });
  expect(room.troubles.sort()).toEqual([
    "module-sleeps: broken-asker: it could not start",
    "module-sleeps: nonsense: it could not start",
  ]);
  expect(room.registry.topics()).toContain("channel.raid");
});

test("two modules may hear the same", async () => {
  const other = asker("others", () => ["channel.raid"]);
  await open([ofRaids, other], { raids: { raids: true } });
  expect(room.registry.topics().filter((topic) => topic === "channel.raid")).toHaveLength(1);
  expect(room.registry.listeners("channel.raid")).toHaveLength(2);
});
