import { afterEach, expect, test } from "vitest";
import {
  type AnsweringSupervisor,
  openAnsweringSupervisor,
  type Reply,
} from "../tests/support/answering-supervisor.ts";
import { makeTestDesk } from "../tests/support/test-desk.ts";
import { findVerbs } from "./find-verbs.ts";
import type { AnyVerb } from "./verb.ts";

let supervisor: AnsweringSupervisor | undefined;
afterEach(async () => {
  await supervisor?.remove();
  supervisor = undefined;
});

async function verb(name: string): Promise<AnyVerb> {
  const [found] = await findVerbs(name);
  if (!found) throw new Error(`no verb ${name}`);
  return found;
}

const DONE: Reply = { kind: "done", lines: ["bob restarts"], pid: 4711 };

test.each([
  ["restart-channel", DONE, 0, "bob restarts"],
  ["stop-channel", { kind: "done", lines: [] } as Reply, 0, "Done."],
  [
    "start-channel",
    { kind: "refused", because: "bob is \u001b[31mdisabled" } as Reply,
    1,
    "kissbot: bob is \\u001b[31mdisabled",
  ],
])("%s %j ends with %d", async (name, reply, exitCode, text) => {
  supervisor = await openAnsweringSupervisor(() => reply);
  const { desk, said, warned } = makeTestDesk(supervisor.home);
  expect(await (await verb(name)).run({ args: ["#Bob"], options: {} }, desk)).toBe(exitCode);
  expect([...said, ...warned]).toEqual([text]);
  expect(supervisor.orders).toEqual([{ do: name, channel: "bob" }]);
});

test("--json: the same for scripts", async () => {
  supervisor = await openAnsweringSupervisor(() => DONE);
  const { desk, said } = makeTestDesk(supervisor.home);
  await (await verb("restart-channel")).run({ args: ["bob"], options: { json: true } }, desk);
  expect(JSON.parse(said.join(""))).toEqual({ is: "done", lines: ["bob restarts"], pid: 4711 });
});

test("a name that is none never reaches the supervisor", async () => {
  supervisor = await openAnsweringSupervisor(() => DONE);
  const { desk } = makeTestDesk(supervisor.home);
  expect(await (await verb("stop-channel")).run({ args: ["b;b"], options: {} }, desk)).toBe(64);
  expect(supervisor.orders).toEqual([]);
});

test("nothing runs: exit code 2", async () => {
  supervisor = await openAnsweringSupervisor(() => DONE);
  await supervisor.leave();
  const { desk, warned } = makeTestDesk(supervisor.home);
  expect(await (await verb("reload")).run({ args: [], options: {} }, desk)).toBe(2);
  expect(warned).toEqual(["kissbot: KissBot is not running. ./kissbot.sh start starts it."]);
});
