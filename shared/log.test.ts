import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openChannelLogs } from "./log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-logs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bindings = { child: "worker:alice", channel: "alice" };
const messages = (name: string) =>
  readFileSync(join(folder, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).msg);

test("each of a channel's logs has a file of its own, and all are opened anew together", () => {
  const logs = openChannelLogs({ folder, level: "warn", bindings, keepsChat: true });
  for (const name of ["instance", "chat", "commands", "system"] as const) {
    logs[name].info(`${name} info`);
    logs[name].warn(`${name} warn`);
  }
  for (const name of readdirSync(folder)) renameSync(join(folder, name), join(folder, `${name}.2026-01-01`));
  logs.reopen();
  logs.commands.info("later");
  logs.close();
  expect(messages("instance.log.2026-01-01")).toEqual(["instance warn"]);
  expect(messages("chat.log.2026-01-01")).toEqual(["chat info", "chat warn"]);
  expect(messages("commands.log.2026-01-01")).toEqual(["commands info", "commands warn"]);
  expect(messages("system.log.2026-01-01")).toEqual(["system info", "system warn"]);
  expect(messages("commands.log")).toEqual(["later"]);
});

test("without keeping chat there is no chat.log", () => {
  const logs = openChannelLogs({ folder, level: "info", bindings, keepsChat: false });
  logs.chat.info({ untrusted: { text: "hello" } }, "heard");
  logs.instance.info("starts");
  logs.close();
  expect(existsSync(join(folder, "chat.log"))).toBe(false);
  expect(messages("instance.log")).toEqual(["starts"]);
});
