import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId } from "../../shared/ids.ts";
import { HubStatus, SupervisorStatus } from "../../shared/ipc/control.ts";
import { plainPaint } from "../paint.ts";
import { renderHubStatus } from "./hub-page.ts";
import { describeSilence } from "./silence.ts";
import { describeState, renderStatus } from "./status-page.ts";

const counters = {
  messagesSeen: 12,
  messagesAnswered: 5,
  messagesSent: 5,
  eventsSeen: 0,
  chatLink: "open",
  hubLink: "open",
} as const;

const usage = { lagMs: 3, lagP99Ms: 0.84, cpuPercent: 0.04, heapKb: 9_000, rssKb: 60_000, handles: 9 };
const ready = { state: "running", stage: "ready", pid: 101, uptimeMs: 199_000, restarts: 0 } as const;
const house = v.parse(SupervisorStatus, {
  health: "degraded",
  sentence: "1 of 3 channels work.",
  pid: 100,
  uptimeMs: 200_000,
  pssKb: 20_480,
  children: [
    {
      ...ready,
      childId: "worker:zed",
      counters,
      usage,
      perMinute: { seen: 12, sent: 5 },
      lastError: "exit 1",
    },
    {
      ...ready,
      childId: "hub",
      usage,
      counters: { ...counters, chatLink: "none", hubLink: "none" },
      pssKb: 32_768,
    },
    {
      childId: "worker:mia",
      state: "starting",
      stage: "chat",
      pid: 102,
      uptimeMs: 900,
      restarts: 1,
      counters: { ...counters, hubLink: "closed" },
      lastError: "exit \u001b[31m1",
    },
    { childId: "worker:bob", state: "resting", stage: "starting", restarts: 6 },
  ],
  asleep: [
    { channel: "alice", origin: "config", isEnabled: true, isStopped: true },
    { channel: "carol", origin: "operator", isEnabled: false, isStopped: false },
  ],
});

test("status: a sentence, who sleeps on purpose, then a row for each process, trouble first", () => {
  expect(renderStatus(house, plainPaint, { only: "all", columns: 80 }).split("\n")).toEqual([
    "1 of 3 channels work.",
    "2 channels sleep on purpose: alice (stopped), carol (disabled)",
    "",
    "channel     state            pid      up  restarts      PSS    CPU  lag p99  in/min  out/min  chat  events",
    "bob         resting            -       -         6        -      -        -       -        -  -     -",
    "mia         starting (chat)  102  900 ms         1        -      -        -       -        -  open  closed",
    "    last error: exit \\u001b[31m1",
    "hub         ready            101  3m 19s         0  32.0 MB  0.0 %   0.8 ms       -        -  -     -",
    "zed         ready            101  3m 19s         0        -  0.0 %   0.8 ms      12        5  open  open",
    "    works again after: exit 1",
    "supervisor  running          100  3m 20s         -  20.0 MB",
  ]);
});

test("status --only bad: what is as it should be is left out", () => {
  const lines = renderStatus(house, plainPaint, { only: "bad", columns: 80 }).split("\n");
  expect(lines.slice(4).map((line) => line.split(" ")[0])).toEqual(["bob", "mia", ""]);
  const well = { ...house, children: house.children.filter(({ state }) => state === "running") };
  expect(renderStatus(well, plainPaint, { only: "bad", columns: 80 })).toContain(
    "\n\nNone of the 2 processes is in trouble.",
  );
});

test("200 channels on a small terminal: the page ends where the terminal does and says how much is missing", () => {
  const children = Array.from({ length: 200 }, (_, at) => ({
    ...ready,
    childId: v.parse(ChildId, `worker:channel_${at}`),
    counters,
  }));
  const lines = renderStatus({ ...house, children }, plainPaint, {
    only: "all",
    columns: 80,
    rows: 24,
  }).split("\n");
  expect(lines).toHaveLength(24);
  expect(lines.at(-1)).toBe("… 182 more lines; --only bad shows what is in trouble");
});

test("colours mark trouble, and only where there is colour", () => {
  const painted = renderStatus(house, (style, text) => `<${style}>${text}</>`, { only: "all", columns: 80 });
  expect(painted).toContain("<red>    last error: exit");
  expect(painted).toContain("<dim>    works again after: exit 1</>");
});

test.each([
  [{ state: "running", stage: "ready", counters }, "ready"],
  [{ state: "running", stage: "ready", counters: { ...counters, chatLink: "closed" } }, "no chat"],
  [{ state: "running", stage: "ready", counters: { ...counters, hubLink: "closed" } }, "no hub"],
  [{ state: "starting", stage: "starting" }, "starting"],
  [{ state: "given-up", stage: "starting" }, "given-up"],
] as const)("describeState(%j) is %j", (child, text) => {
  expect(describeState({ counters: undefined, ...child })).toBe(text);
});

const hub = {
  health: "healthy",
  sentence: "All is well.",
  pid: 7,
  uptimeMs: 5_000,
  eventsub: { mode: "live", sessionId: "abc", connectedForMs: 4_000, lastFrameAgoMs: 900, reconnects: 1 },
  token: { state: "good", login: "kissbot", expiresInMs: 14_000_000 },
  subscriptions: [
    { channel: "alice", topic: "stream.online", state: "enabled" },
    { channel: "alice", topic: "stream.offline", state: "refused", detail: "cost exceeded" },
  ],
  lastReconcileAgoMs: 2_000,
  workers: [{ channel: "alice", isConnected: true, unacknowledged: 0, eventsSent: 3 }],
  events: { received: 4, duplicates: 1, routed: 3, withoutWorker: 0 },
};

test("hub_ctl status: what the hub holds, then its subscriptions and workers", () => {
  expect(renderHubStatus(v.parse(HubStatus, hub), plainPaint, 80).split("\n")).toEqual([
    "All is well.",
    "",
    "process   pid 7, up 5 s",
    "eventsub  live, session abc open for 4 s, last frame 900 ms ago; 1 reconnect",
    "token     good (kissbot), expires in 3h 53m",
    "wanted    1 of 2 subscriptions enabled, compared with Twitch 2 s ago",
    "events    4 received, 3 routed, 1 duplicates, 0 without a worker",
    "",
    "channel  topic           state",
    "alice    stream.online   enabled",
    "alice    stream.offline  refused",
    "    cost exceeded",
    "",
    "worker  link  events sent  unacknowledged",
    "alice   open            3               0",
  ]);
});

test("a hub that has nothing yet shows no empty tables", () => {
  const bare = {
    ...hub,
    eventsub: { mode: "idle", reconnects: 0 },
    token: { state: "needs-reauth" },
    subscriptions: [],
    workers: [],
    lastReconcileAgoMs: undefined,
  };
  expect(renderHubStatus(v.parse(HubStatus, bare), plainPaint, 80).split("\n").slice(3)).toEqual([
    "eventsub  idle, no session; 0 reconnects",
    "token     needs-reauth",
    "wanted    0 of 0 subscriptions enabled, never compared with Twitch yet",
    "events    4 received, 3 routed, 1 duplicates, 0 without a worker",
  ]);
});

describe("when nobody answers", () => {
  const note = { pid: 9, startTicks: "1", since: "2026-01-01T00:00:00Z" };
  test.each([
    [{ is: "none" } as const, "KissBot is not running."],
    [
      { is: "stale", note } as const,
      "process 9 (started 2026-01-01T00:00:00Z) is gone and has left its note behind",
    ],
    [
      { is: "alive", note } as const,
      "process 9 (started 2026-01-01T00:00:00Z) lives, but its control socket is silent (no answer)",
    ],
  ])("%j is told apart", (found, text) => {
    expect(describeSilence(found, "no answer")).toContain(text);
  });
});
