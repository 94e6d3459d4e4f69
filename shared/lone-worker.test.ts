import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Login } from "./ids.ts";
import { findLoneWorker, refuseBesideLoneWorker, takeHomeAlone } from "./lone-worker.ts";
import { makeProcessNote, writeProcessNote } from "./process-note.ts";

const CHANNEL = v.parse(Login, "alice_live");
const SINCE = new Date("2026-01-01T00:00:00Z");
let home: { readonly pids: string };
beforeEach(() => {
  home = { pids: mkdtempSync(join(tmpdir(), "kb-alone-")) };
});
afterEach(() => rmSync(home.pids, { recursive: true }));

const take = () => takeHomeAlone(home, CHANNEL, SINCE);
const write = (name: string, note: object) => writeFileSync(join(home.pids, name), JSON.stringify(note));

test("a free home is taken, and free again afterwards", () => {
  const lone = take();
  expect(findLoneWorker(home)).toMatchObject({ channel: "alice_live", pid: process.pid });
  expect(() => refuseBesideLoneWorker(home)).toThrow(
    expect.objectContaining({
      code: "alone-running",
      message: expect.stringContaining(`#alice_live, process ${process.pid}, since 2026`),
    }),
  );
  expect(take).toThrow(expect.objectContaining({ code: "alone-running" }));
  lone.leave();
  expect(readdirSync(home.pids)).toEqual([]);
  refuseBesideLoneWorker(home);
});

test("a home whose last worker was killed is taken", () => {
  write("alone.json", { pid: 2 ** 22, startTicks: "1", since: "2026", channel: "bob_plays" });
  refuseBesideLoneWorker(home);
  take().leave();
});

test.each([
  ["supervisor.json", "process "],
  ["hub.json", "the hub of a house whose supervisor is gone"],
  ["worker-alice_live.json", "the worker-alice_live of a house"],
])("beside a living %s it is refused, and leaves no lock", (file, words) => {
  writeProcessNote(join(home.pids, file), makeProcessNote(process.pid, SINCE));
  expect(take).toThrow(
    expect.objectContaining({ code: "already-running", message: expect.stringContaining(words) }),
  );
  expect(readdirSync(home.pids)).toEqual([file]);
});

test.each([
  ["dead", { pid: 2 ** 22, startTicks: "1", since: "2026" }],
  ["no note", { lines: 3 }],
])("what a house left that is %s stands in nobody's way", (_what, note) => {
  write("supervisor.json", note);
  write("hub.json", note);
  take().leave();
});
