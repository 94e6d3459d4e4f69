import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkoutFolder } from "../shared/home.ts";
import { openDatabase } from "./open.ts";
import { makeWrite } from "./write.ts";
import { findWriteGate, openWriteGate } from "./write-gate.ts";

const ADDON = join(checkoutFolder, "engine", "kissbot-write-gate.node");
const canOpen = openWriteGate(join(tmpdir(), `kissbot-gate-probe-${process.pid}`)) !== undefined;
rmSync(join(tmpdir(), `kissbot-gate-probe-${process.pid}`), { force: true });

/** A shared word for what happened. */
const FLAG = { entered: 0, left: 1 };
/** Another thread stands for another process: what they share is the file. */
const HOLDER = `
  const { workerData } = require("node:worker_threads");
  const { addon, file, flags, holdMs } = workerData;
  const holder = { exports: {} };
  process.dlopen(holder, addon);
  const gate = holder.exports.WriteGate.open(file);
  gate.enter(1000);
  Atomics.store(flags, ${FLAG.entered}, 1);
  Atomics.notify(flags, ${FLAG.entered});
  if (holdMs !== undefined) {
    Atomics.wait(flags, ${FLAG.left}, 0, holdMs);
    Atomics.store(flags, ${FLAG.left}, 1);
    gate.leave(1000);
  }
`;

describe.skipIf(!canOpen)("the write gate", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kissbot-gate-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = (patienceMs?: number) => {
    const gate = openWriteGate(join(folder, "gate"), patienceMs);
    if (!gate) throw new Error("the gate can't be opened");
    return gate;
  };
  /** Resolves when the other one is inside. */
  async function letIn(holdMs: number | undefined) {
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(HOLDER, {
      eval: true,
      workerData: { addon: ADDON, file: join(folder, "gate"), flags, holdMs },
    });
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    if (holdMs === undefined) await ended;
    else Atomics.wait(flags, FLAG.entered, 0);
    return { hasLeft: () => Atomics.load(flags, FLAG.left) === 1, ended };
  }

  test("lets the next one in when the one before has left", async () => {
    const other = await letIn(50);
    const gate = open(60_000);
    gate.enter();
    expect(other.hasLeft()).toBe(true);
    gate.leave();
    await other.ended;
  });

  test("that was never left, as by a killed process, is open again after one has waited", async () => {
    await letIn(undefined);
    const patient = open(1);
    patient.enter();
    patient.leave();
    // Nobody is inside now: this would wait for an hour.
    open(3_600_000).enter();
  });

  test("says once in a while that the log is to be brought home, whoever leaves", () => {
    const gates = [open(), open()];
    const said = Array.from({ length: 1_000 }, (_, n) => {
      const gate = gates[n % 2];
      gate?.enter();
      return gate?.leave();
    });
    expect(said.filter(Boolean)).toHaveLength(2);
  });

  test("is for its owner alone", () => {
    open();
    expect(statSync(join(folder, "gate")).mode & 0o777).toBe(0o600);
  });

  test("is left when a write fails, and the log of many writes stays short", () => {
    const file = join(folder, "kissbot.db");
    const [db, other] = [openDatabase(file), openDatabase(file)];
    expect(findWriteGate(db)).toBeDefined();
    const fail = makeWrite(db, () => {
      throw new Error("on purpose");
    });
    expect(fail).toThrow("on purpose");
    // It would wait for an hour.
    const gate = openWriteGate(`${file}-gate`, 3_600_000);
    gate?.enter();
    gate?.leave();
    const insert = db.prepare("INSERT OR REPLACE INTO hub_state VALUES (?, 'text', 0)");
    const write = makeWrite(db, (name: string) => void insert.run(name));
    for (let n = 0; n < 3_000; n += 1) write(`name ${n % 50}`);
    const logBytes = statSync(`${file}-wal`).size;
    // 3,000 writes are 12 MB and more: it was begun anew meanwhile.
    expect(logBytes).toBeLessThan(8 * 1024 * 1024);
    expect(other.prepare("SELECT count(*) FROM hub_state WHERE key LIKE 'name %'").pluck().get()).toBe(50);
    db.close();
    other.close();
  });
});

test("memory has no gate", () => {
  const pragma = () => expect.fail("nothing is to be set");
  expect(findWriteGate({ memory: true, readonly: false, name: ":memory:", pragma })).toBeUndefined();
});
