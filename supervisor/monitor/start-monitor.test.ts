import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { SupervisorStatus } from "../../shared/ipc/control.ts";
import type { Usage } from "../../shared/ipc/supervisor-child.ts";
import { makeTestLog } from "../../tests/support/test-log.ts";
import type { BackupTimes } from "../backups/describe-backups.ts";
import { metricTable } from "./metric-table.ts";
import { findMonitorAddress, startMonitor } from "./start-monitor.ts";

const ANY_PORT = 0;
const usage: Usage = {
  lagMs: 250,
  lagP99Ms: 4,
  cpuPercent: 12.5,
  heapKb: 9_000,
  rssKb: 70_000,
  handles: 6,
};
const well = v.parse(SupervisorStatus, {
  health: "healthy",
  sentence: "All is well: the hub and 1 channel run.",
  pid: 100,
  uptimeMs: 60_000,
  pssKb: 40_000,
  children: [
    {
      childId: "hub",
      state: "running",
      stage: "ready",
      pid: 101,
      uptimeMs: 50_000,
      restarts: 0,
      pssKb: 30_000,
      counters: {
        messagesSeen: 0,
        messagesAnswered: 0,
        messagesSent: 0,
        eventsSeen: 9,
        chatLink: "none",
        hubLink: "none",
      },
    },
    {
      childId: "worker:alice_live",
      state: "running",
      stage: "ready",
      pid: 102,
      uptimeMs: 40_000,
      restarts: 3,
      pssKb: 20_000,
      usage,
      counters: {
        messagesSeen: 120,
        messagesAnswered: 50,
        messagesSent: 60,
        eventsSeen: 4,
        chatLink: "open",
        hubLink: "closed",
      },
    },
  ],
  asleep: [{ channel: "bob", origin: "config", isEnabled: false, isStopped: false }],
});
const down: SupervisorStatus = { ...well, health: "down", sentence: "0 of 1 channels work.", children: [] };

let status: SupervisorStatus;
let backups: BackupTimes;
let monitor: ReturnType<typeof startMonitor>;
let lines: ReturnType<typeof makeTestLog>["lines"];
const start = async (at: { host: string; port: number } | undefined) => {
  const testLog = makeTestLog();
  lines = testLog.lines;
  monitor = startMonitor({
    at,
    status: () => status,
    ownUsage: () => usage,
    backups: () => backups,
    clock: { ...systemClock, wall: () => 1_000_000_000 },
    log: testLog.log,
  });
  await monitor.opened;
};
beforeEach(() => {
  status = well;
  backups = { madeAt: 900_000_000, provedAt: undefined, isScheduled: true };
});
afterEach(() => monitor.stop());

const get = async (path: string, method = "GET") => {
  const response = await fetch(`http://127.0.0.1:${monitor.port()}${path}`, {
    method,
    headers: { connection: "close" },
  });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
};

describe("a monitor", () => {
  beforeEach(() => start({ host: "127.0.0.1", port: ANY_PORT }));

  test.each<[string, "well" | "degraded" | "down", number, string]>([
    ["/health", "well", 200, well.sentence],
    ["/health", "degraded", 503, "1 of 2 channels work."],
    ["/health", "down", 503, down.sentence],
    ["/readyz", "well", 200, well.sentence],
    ["/readyz", "degraded", 200, "1 of 2 channels work."],
    ["/readyz", "down", 503, down.sentence],
    ["/livez", "down", 200, "alive"],
  ])("%s of a house that is %s answers %i", async (path, how, code, sentence) => {
    if (how === "degraded") status = { ...well, health: "degraded", sentence: "1 of 2 channels work." };
    if (how === "down") status = down;
    expect(await get(path)).toMatchObject({ status: code, body: `${sentence}\n` });
  });

  test("what is no page is named, what is no GET refused", async () => {
    expect(await get("/secrets")).toMatchObject({ status: 404 });
    expect(await get("/__proto__")).toMatchObject({ status: 404 });
    expect(await get("/metrics", "POST")).toMatchObject({ status: 405 });
    expect(await get("/health?verbose=1")).toMatchObject({ status: 200 });
  });

  test("a flood of headers is refused, and the next one is served", async () => {
    const socket = connect(monitor.port() ?? 0, "127.0.0.1");
    const answered = new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (data) => {
        text += data.toString();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(text));
    });
    socket.write(`GET /health HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(await answered).toMatch(/^HTTP\/1.1 431 /);
    expect((await get("/health")).status).toBe(200);
  });

  test("exports every figure of the table, and says what it is", async () => {
    const { body, type } = await get("/metrics");
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const [name, { type: kind, help }] of Object.entries(metricTable)) {
      expect(body).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name}`);
    }
  });

  test.each([
    'kissbot_up{child="supervisor",channel=""} 1',
    'kissbot_up{child="worker:alice_live",channel="alice_live"} 1',
    'kissbot_child_state{child="hub",channel="",state="running"} 1',
    'kissbot_restarts_total{child="worker:alice_live",channel="alice_live"} 3',
    'kissbot_process_start_time_seconds{child="worker:alice_live",channel="alice_live"} 999960',
    'kissbot_pss_bytes{child="hub",channel=""} 30720000',
    'kissbot_cpu_ratio{child="worker:alice_live",channel="alice_live"} 0.125',
    'kissbot_event_loop_lag_p99_seconds{child="worker:alice_live",channel="alice_live"} 0.004',
    'kissbot_event_loop_lag_max_seconds{child="worker:alice_live",channel="alice_live"} 0.25',
    'kissbot_messages_seen_total{child="worker:alice_live",channel="alice_live"} 120',
    'kissbot_messages_answered_total{child="worker:alice_live",channel="alice_live"} 50',
    'kissbot_messages_sent_total{child="worker:alice_live",channel="alice_live"} 60',
    'kissbot_events_total{child="hub",channel=""} 9',
    'kissbot_chat_link{child="worker:alice_live",channel="alice_live"} 1',
    'kissbot_hub_link{child="worker:alice_live",channel="alice_live"} 0',
    "kissbot_channels_asleep 1",
    "kissbot_backup_scheduled 1",
    'kissbot_backup_timestamp_seconds{what="made"} 900000',
  ])("%s", async (line) => {
    expect((await get("/metrics")).body.split("\n")).toContain(line);
  });

  test("what was never done has no time", async () => {
    backups = { madeAt: undefined, provedAt: undefined, isScheduled: false };
    const { body } = await get("/metrics");
    expect(body).not.toContain("kissbot_backup_timestamp_seconds{");
    expect(body).toContain("kissbot_backup_scheduled 0");
  });

  test("who has no chat connection exports nothing about it; who has gone is told of no more", async () => {
    expect((await get("/metrics")).body).not.toContain('kissbot_chat_link{child="hub"');
    status = down;
    const { body } = await get("/metrics");
    expect(body).not.toContain("alice_live");
    expect(body).toContain('kissbot_up{child="supervisor",channel=""} 1');
  });

  test("two pages in a row count nothing twice", async () => {
    expect((await get("/metrics")).body).toBe((await get("/metrics")).body);
  });
});

describe("a port that somebody else has", () => {
  let other: Server;
  let port: number;
  beforeEach(async () => {
    other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve);
    });
    const address = other.address();
    port = typeof address === "object" && address ? address.port : 0;
  });
  afterEach(() => new Promise((resolve) => other.close(resolve)));

  test("is told of when the monitor should move there, which stays where it was and comes when it can", async () => {
    await start({ host: "127.0.0.1", port: ANY_PORT });
    const before = monitor.port();
    const lines = await monitor.moveTo({ host: "127.0.0.1", port });
    expect(lines).toEqual([
      expect.stringMatching(/^! no metrics and health at 127\.0\.0\.1:\d+: .*EADDRINUSE.*; they stay at 127/),
    ]);
    expect(monitor.troubles()).toEqual([lines[0]?.slice(2)]);
    expect(monitor.port()).toBe(before);
    expect((await get("/health")).status).toBe(200);
    await new Promise((resolve) => other.close(resolve));
    expect(await monitor.moveTo({ host: "127.0.0.1", port })).toEqual([
      `~ metrics and health: 127.0.0.1:${port}`,
    ]);
    expect(monitor.troubles()).toEqual([]);
  });

  test("and that it does not want any more is no trouble", async () => {
    await start({ host: "127.0.0.1", port });
    expect(monitor.troubles()).toHaveLength(1);
    expect(await monitor.moveTo(undefined)).toEqual([]);
    expect(monitor.troubles()).toEqual([]);
  });

  test("is said once, and for status", async () => {
    await start({ host: "127.0.0.1", port });
    expect(monitor.port()).toBeUndefined();
    expect(monitor.troubles()).toEqual([
      expect.stringMatching(/^no metrics and health at 127\.0\.0\.1:\d+: .*EADDRINUSE.*monitor\.port/),
    ]);
    expect(lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });
});

describe("a monitor moves", () => {
  const ownPort = () => monitor.port() ?? 0;
  const freePort = async (): Promise<number> => {
    const probe = createServer();
    await new Promise<void>((resolve) => {
      probe.listen(0, "127.0.0.1", resolve);
    });
    const address = probe.address();
    await new Promise((resolve) => probe.close(resolve));
    return typeof address === "object" && address ? address.port : 0;
  };

  test("to another port: the old one is closed when the new one answers", async () => {
    await start({ host: "127.0.0.1", port: ANY_PORT });
    const before = ownPort();
    const port = await freePort();
    expect(await monitor.moveTo({ host: "127.0.0.1", port })).toEqual([
      `~ metrics and health: 127.0.0.1:${port}`,
    ]);
    expect(ownPort()).toBe(port);
    expect((await get("/health")).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${before}/health`)).rejects.toThrow();
    expect(await monitor.moveTo({ host: "127.0.0.1", port })).toEqual([]);
  });

  test("to another address of its own port, which it stands in the way of itself", async () => {
    const port = await freePort();
    await start({ host: "127.0.0.1", port });
    expect(await monitor.moveTo({ host: "0.0.0.0", port })).toEqual([
      `~ metrics and health: 0.0.0.0:${port}`,
    ]);
    expect((await get("/health")).status).toBe(200);
    // Documentation only (RFC 5737): no machine has this address.
    const lines = await monitor.moveTo({ host: "192.0.2.1", port });
    expect(lines).toEqual([expect.stringMatching(/EADDRNOTAVAIL.*; they stay at 0\.0\.0\.0:/)]);
    expect((await get("/health")).status).toBe(200);
  });

  test("away and back, and in the order it is told", async () => {
    await start(undefined);
    expect(monitor.port()).toBeUndefined();
    const port = await freePort();
    const moves = [{ host: "127.0.0.1", port }, undefined, { host: "127.0.0.1", port }, undefined];
    expect(await Promise.all(moves.map((at) => monitor.moveTo(at)))).toEqual([
      [`~ metrics and health: 127.0.0.1:${port}`],
      ["- metrics and health are closed"],
      [`~ metrics and health: 127.0.0.1:${port}`],
      ["- metrics and health are closed"],
    ]);
    expect(monitor.port()).toBeUndefined();
    const moving = monitor.moveTo({ host: "127.0.0.1", port });
    await monitor.stop();
    await moving;
    expect(monitor.port()).toBeUndefined();
  });
});

test("an address that others can reach is warned of", async () => {
  await start({ host: "0.0.0.0", port: ANY_PORT });
  expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
  expect(monitor.troubles()).toEqual([]);
});

test("port 0 of the configuration is nowhere", () => {
  expect(findMonitorAddress({ monitor: { host: "127.0.0.1", port: 0 } })).toBeUndefined();
  expect(findMonitorAddress({ monitor: { host: "::1", port: 9 } })).toEqual({ host: "::1", port: 9 });
});
