import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChildId } from "../../shared/ids.ts";
import { makeFakeClock } from "../../tests/support/fake-clock.ts";
import { makeTestLog } from "../../tests/support/test-log.ts";
import { newChild } from "../child-spec.ts";
import type { Posted } from "./post-webhook.ts";
import { startAlerts } from "./start-alerts.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kb-alerts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LOOK_MS = 6_000;
const SECRET_URL = "https://hooks.example/planted-secret";
const hub = newChild({ id: v.parse(ChildId, "hub") } as Parameters<typeof newChild>[0]);
const wait = {
  stage: "ready",
  for: "operator",
  detail: "log in",
  code: "needs-reauth",
  until: undefined,
} as const;

function open(clock = makeFakeClock()) {
  const state = {
    isWell: false,
    webhook: SECRET_URL as string | undefined,
    answer: { is: "taken" } as Posted,
  };
  const posted: string[] = [];
  const { log, lines } = makeTestLog();
  const file = join(folder, "alerts.json");
  const start = () =>
    startAlerts({
      file,
      settings: () => ({
        allow_private: false,
        ...(state.webhook === undefined ? {} : { webhook: state.webhook }),
      }),
      members: () => [
        {
          child: { ...hub, state: { is: "running", pid: 1, lastSign: 0 }, waits: state.isWell ? [] : [wait] },
          errors: [],
        },
      ],
      house: () => ({ hasLooked: true, damage: undefined }),
      async post(_to, body) {
        if (state.answer.is === "taken") posted.push(body.event ?? "");
        return state.answer;
      },
      clock,
      random: () => 0,
      log,
    });
  return { clock, state, posted, lines, file, start };
}

test("begins and ends are told of once, over restarts too", async () => {
  const at = open();
  const first = at.start();
  await at.clock.advance(3 * LOOK_MS);
  expect(at.posted).toEqual(["incident-began"]);
  first.stop();
  const second = at.start();
  await at.clock.advance(3 * LOOK_MS);
  expect(at.posted).toEqual(["incident-began"]);
  at.state.isWell = true;
  await at.clock.advance(3 * LOOK_MS);
  expect(at.posted).toEqual(["incident-began", "incident-over"]);
  second.stop();
  expect(at.clock.pending()).toBe(0);
});

test("what the webhook does not take is tried again with growing rests, in order, and stands in status", async () => {
  const at = open();
  at.state.answer = { is: "failed", problem: "it answered 500" };
  const alerts = at.start();
  await at.clock.advance(2 * LOOK_MS);
  expect(alerts.troubles()).toEqual(["alerts do not reach their webhook: it answered 500"]);
  at.state.isWell = true;
  await at.clock.advance(10 * 60_000);
  expect(at.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  at.state.answer = { is: "taken" };
  await at.clock.advance(10 * 60_000);
  expect(at.posted).toEqual(["incident-began", "incident-over"]);
  expect(alerts.troubles()).toEqual([]);
  alerts.stop();
});

test("what was not taken yet is told of by the supervisor after this one", async () => {
  const at = open();
  at.state.answer = { is: "failed", problem: "it could not be reached" };
  const first = at.start();
  await at.clock.advance(2 * LOOK_MS);
  first.stop();
  at.state.answer = { is: "taken" };
  const second = at.start();
  await at.clock.advance(2 * LOOK_MS);
  expect(at.posted).toEqual(["incident-began"]);
  second.stop();
});

test("without a webhook nothing is kept and nothing is posted; one that comes later is told what lasts", async () => {
  const at = open();
  at.state.webhook = undefined;
  const alerts = at.start();
  await at.clock.advance(3 * LOOK_MS);
  expect(at.posted).toEqual([]);
  expect(existsSync(at.file)).toBe(false);
  at.state.webhook = SECRET_URL;
  await at.clock.advance(LOOK_MS);
  expect(at.posted).toEqual(["incident-began"]);
  alerts.stop();
});

test("its memory is for the owner's eyes, holds no address, and nonsense in it is forgotten", async () => {
  const at = open();
  writeFileSync(at.file, '{"open": 7');
  const alerts = at.start();
  await at.clock.advance(2 * LOOK_MS);
  alerts.stop();
  expect(at.posted).toEqual(["incident-began"]);
  expect(statSync(at.file).mode & 0o077).toBe(0);
  expect(readFileSync(at.file, "utf8") + JSON.stringify(at.lines)).not.toContain("planted-secret");
});
