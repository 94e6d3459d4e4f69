import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChildId } from "../../shared/ids.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { readAlertMemory, writeAlertMemory } from "./alert-memory.ts";
import { alertRefusal } from "./alert-refusal.ts";
import type { Posted } from "./post-webhook.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kb-refusal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WEBHOOK = "https://hooks.example/x";
const hub = v.parse(ChildId, "hub");
const reauth = { key: "hub needs-reauth", child: hub, text: "log in", since: 1 };

function open(webhook: string | undefined) {
  const file = join(folder, "alerts.json");
  const told: (string | undefined)[] = [];
  const at = { answer: { is: "taken" } as Posted };
  const refuse = () =>
    alertRefusal("it is damaged: restore", {
      file,
      settings: { allow_private: false, ...(webhook === undefined ? {} : { webhook }) },
      async post(_to, body) {
        told.push(body.detail);
        return at.answer;
      },
      clock: makeFakeClock(),
    });
  return { file, told, at, refuse };
}

test("is told once, however often the house is started, and leaves what else was told of as it is", async () => {
  const { file, told, refuse } = open(WEBHOOK);
  writeAlertMemory(file, { open: [reauth], outbox: [] });
  await refuse();
  await refuse();
  expect(told).toEqual(["it is damaged: restore"]);
  const { open: known, outbox } = readAlertMemory(file);
  expect(known).toMatchObject([reauth, { key: "database-damaged", child: "supervisor" }]);
  expect(known[0]).toEqual(reauth);
  expect(outbox).toEqual([]);
});

test("what the webhook does not take is left to whoever starts next", async () => {
  const { file, at, refuse } = open(WEBHOOK);
  at.answer = { is: "failed", problem: "it answered 500" };
  await refuse();
  expect(readAlertMemory(file).outbox).toMatchObject([{ key: "database-damaged", event: "incident-began" }]);
});

test("without a webhook nobody is told", async () => {
  const { told, refuse } = open(undefined);
  await refuse();
  expect(told).toEqual([]);
});
