import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Login } from "../shared/ids.ts";
import { makeModuleStore } from "./module-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const open = (channel: string) =>
  makeModuleStore(join(folder, "data", "kissbot.db"), v.parse(Login, channel));

test("a claim is given once: to one of two at the same moment, and not again after a restart", async () => {
  const before = open("alice");
  expect(
    await Promise.all([before.claim("announcements", "online:1"), before.claim("announcements", "online:1")]),
  ).toEqual([true, false]);
  await before.close();
  const after = open("alice");
  expect(await after.isClaimed("announcements", "online:1")).toBe(true);
  expect(await after.claim("announcements", "online:1")).toBe(false);
  await after.release("announcements", "online:1");
  expect(await after.isClaimed("announcements", "online:1")).toBe(false);
  expect(await after.claim("announcements", "online:2")).toBe(true);
  expect(await after.claim("quotes", "online:1")).toBe(true);
  await after.close();
});

test("channels do not know of each other", async () => {
  const alice = open("alice");
  const bob = open("bob");
  expect([await alice.claim("m", "k"), await bob.claim("m", "k")]).toEqual([true, true]);
  await Promise.all([alice.close(), bob.close()]);
});

test("a database that could not be opened is tried again the next time", async () => {
  writeFileSync(join(folder, "data"), "in the way");
  const store = open("alice");
  await expect(store.claim("m", "k")).rejects.toThrow();
  rmSync(join(folder, "data"));
  expect(await store.claim("m", "k")).toBe(true);
  await store.close();
});

test("closing what was never opened is nothing", async () => {
  await open("alice").close();
});
