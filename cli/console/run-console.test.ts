import { PassThrough } from "node:stream";
import { afterEach, expect, test } from "vitest";
import {
  type AnsweringSupervisor,
  openAnsweringSupervisor,
} from "../../tests/support/answering-supervisor.ts";
import { makeTestDesk } from "../../tests/support/test-desk.ts";
import { runConsole } from "./run-console.ts";

let supervisor: AnsweringSupervisor | undefined;
afterEach(async () => {
  await supervisor?.remove();
  supervisor = undefined;
});

const answering = () =>
  openAnsweringSupervisor((order) =>
    order.do === "start-channel"
      ? { kind: "refused", because: "alice is disabled" }
      : { kind: "done", lines: [`done: ${order.do}`], pid: 4711 },
  );

test("from a pipe: one command per line, in order, the worst exit code in the end", async () => {
  supervisor = await answering();
  const { desk, said, warned } = makeTestDesk(supervisor.home);
  const input = new PassThrough();
  const ended = runConsole(desk, { input, output: new PassThrough() });
  input.end("restart #Bob\n\nstart alice\nrestart-all\nquit\nstop-all\n");
  expect(await ended).toBe(1);
  expect(said).toEqual(["done: restart-channel", "done: restart-all"]);
  expect(warned).toEqual(["kissbot: alice is disabled"]);
  expect(supervisor.orders).toEqual([
    { do: "restart-channel", channel: "bob" },
    { do: "start-channel", channel: "alice" },
    { do: "restart-all" },
  ]);
});

test("a supervisor that goes and comes back ends nothing: the line between is answered with what is the matter", async () => {
  supervisor = await answering();
  const { desk, said, warned } = makeTestDesk(supervisor.home);
  const input = new PassThrough();
  const answered = () => said.length + warned.length;
  const until = async (count: number) => {
    while (answered() < count) await new Promise(setImmediate);
  };
  const ended = runConsole(desk, { input, output: new PassThrough() });
  input.write("restart-all\n");
  await until(1);
  await supervisor.leave();
  input.write("restart-all\n");
  await until(2);
  await supervisor.comeBack();
  input.end("restart-all\n");
  expect(await ended).toBe(2);
  expect(said).toEqual(["done: restart-all", "done: restart-all"]);
  expect(warned).toEqual(["kissbot: KissBot is not running. ./kissbot.sh start starts it."]);
});

test("at a terminal: what is typed is answered above the prompt, and quit leaves", async () => {
  supervisor = await answering();
  const { desk, said } = makeTestDesk(supervisor.home);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let shown = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
  });
  const ended = runConsole(desk, { input, output });
  input.write("hub-restart\r");
  while (said.length === 0) await new Promise(setImmediate);
  input.write("quit\r");
  expect(await ended).toBe(0);
  expect(said[0]).toBe("done: restart-hub");
  expect(shown).toContain("supervisor> ");
});
