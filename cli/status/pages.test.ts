import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ChildId, Login } from "../../shared/ids.ts";
import { SupervisorStatus } from "../../shared/ipc/control.ts";
import { HubStatus } from "../../shared/ipc/hub-control.ts";
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
const error = (text: string, agoMs: number, isOver = false) => ({ text, at: "", agoMs, isOver });
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
      errors: [error("exit 1", 3_000, true), error("high-cpu: 70%", 61_000)],
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
      errors: [error("exit \u001b[31m1", 900)],
    },
    {
      childId: "worker:eve",
      state: "starting",
      stage: "starting",
      pid: 103,
      uptimeMs: 900,
      restarts: 0,
      errors: [error("chat-lost: 1006", 900)],
      waits: [{ stage: "chat", for: "operator", detail: "do \u001b[31mit" }],
    },
    {
      childId: "worker:kim",
      state: "starting",
      stage: "starting",
      pid: 104,
      uptimeMs: 900,
      restarts: 0,
      waits: [{ stage: "chat", for: "turn", detail: "in a queue" }],
    },
    { childId: "worker:bob", state: "resting", stage: "starting", restarts: 6 },
  ],
  asleep: [
    { channel: "alice", origin: "config", isEnabled: true, isStopped: true },
    { channel: "carol", origin: "operator", isEnabled: false, isStopped: false },
  ],
});

test("status: a sentence, who sleeps on purpose, then a row for each process, trouble first", () => {
  expect(renderStatus(house, plainPaint, { only: "all", columns: 120 }).split("\n")).toEqual([
    "1 of 3 channels work.",
    "2 channels sleep on purpose: alice (stopped), carol (disabled)",
    "",
    "channel     state               pid      up  restarts      PSS    CPU  lag p99  in/min  out/min  chat  events",
    "bob         resting               -       -         6        -      -        -       -        -  -     -",
    "eve         waits for you       103  900 ms         0        -      -        -       -        -  -     -",
    "    what to do: do \\u001b[31mit",
    "kim         waits for its turn  104  900 ms         0        -      -        -       -        -  -     -",
    "mia         starting (chat)     102  900 ms         1        -      -        -       -        -  open  closed",
    "    last error (900 ms ago): exit \\u001b[31m1",
    "hub         ready               101  3m 19s         0  32.0 MB  0.0 %   0.8 ms       -        -  -     -",
    "zed         ready               101  3m 19s         0        -  0.0 %   0.8 ms      12        5  open  open",
    "    last error (1m 1s ago): high-cpu: 70%",
    "supervisor  running             100  3m 20s         -  20.0 MB",
  ]);
});

test("a terminal of 80 columns: what matters least is left out, and no line is wider", () => {
  const lines = renderStatus(house, plainPaint, { only: "all", columns: 80 }).split("\n");
  expect(lines.find((line) => line.startsWith("zed"))).toBe(
    "zed         ready               101  3m 19s         0      12        5  open",
  );
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("status --only bad: what is as it should be is left out", () => {
  const lines = renderStatus(house, plainPaint, { only: "bad", columns: 80 }).split("\n");
  expect(lines.slice(4).map((line) => line.split(" ")[0])).toEqual(["bob", "eve", "", "kim", "mia", ""]);
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

test("a long first line is broken where lines are counted, and stays one line elsewhere", () => {
  const long = { ...house, sentence: "word ".repeat(40).trim() };
  const view = { only: "bad", columns: 80 } as const;
  expect(renderStatus(long, plainPaint, view).split("\n")[0]).toBe(long.sentence);
  const lines = renderStatus(long, plainPaint, { ...view, rows: 7 }).split("\n");
  expect(lines).toHaveLength(7);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.slice(0, 3).join(" ")).toBe(long.sentence);
});

test.each([80, 120, Number.POSITIVE_INFINITY])(
  "at %d columns what to do is said to its end, and every line of it is painted",
  (columns) => {
    const detail =
      "the channel's owner has to grant channel:read:subscriptions at https://id.example/oauth2/authorize, or the bot has to be made a moderator there";
    const [wait] = [{ stage: "chat", for: "operator", detail }] as const;
    const children = [{ ...ready, childId: v.parse(ChildId, "worker:eve"), counters, waits: [wait] }];
    const yellow: string[] = [];
    const page = renderStatus(
      { ...house, children, backups: detail },
      (style, text) => {
        if (style === "yellow" && text.startsWith("    ")) yellow.push(text.trim());
        return text;
      },
      { only: "all", columns },
    );
    expect(yellow.join(" ")).toBe(`what to do: ${detail}`);
    expect(page.split("\n").filter((line) => line.length > columns)).toEqual([]);
    expect(page.replaceAll(/\s+/g, " ")).toContain(`backups: ${detail} `);
  },
);

test("colours mark trouble, and only where there is colour", () => {
  const painted = renderStatus(house, (style, text) => `<${style}>${text}</>`, { only: "all", columns: 80 });
  expect(painted).toContain("<red>    last error (900 ms ago): exit");
  expect(painted).toContain("<yellow>    what to do: do");
});

test.each([
  [{ state: "running", stage: "ready", counters }, "ready"],
  [{ state: "running", stage: "ready", counters: { ...counters, chatLink: "eventsub" } }, "ready"],
  [{ state: "running", stage: "ready", counters: { ...counters, chatLink: "closed" } }, "no chat"],
  [{ state: "running", stage: "ready", counters: { ...counters, hubLink: "closed" } }, "no hub"],
  [{ state: "starting", stage: "starting" }, "starting"],
  [{ state: "given-up", stage: "starting" }, "given-up"],
] as const)("describeState(%j) is %j", (child, text) => {
  expect(describeState({ counters: undefined, ...child })).toBe(text);
});

const line = { waiting: 0, open: 0, counted: 3, limit: 20, windowMs: 30_000 };
const hub = {
  health: "healthy",
  sentence: "All is well.",
  pid: 7,
  uptimeMs: 5_000,
  proofs: [
    { name: "keepalive", what: "sign of life from EventSub", state: "proved", agoMs: 900, boundMs: 13_000 },
    { name: "streams", what: "look at the running streams", state: "not-yet", boundMs: 135_000 },
  ],
  eventsub: {
    transport: "websocket",
    connections: 1,
    mode: "live",
    sessionId: "abc",
    connectedForMs: 4_000,
    lastFrameAgoMs: 900,
    reconnects: 1,
    each: [],
  },
  token: { state: "good", login: "kissbot", expiresInMs: 14_000_000, validatedAgoMs: 4_500 },
  subscriptions: [
    { channel: "alice", topic: "stream.online", state: "enabled" },
    { channel: "alice", topic: "stream.offline", state: "refused", detail: "cost exceeded" },
  ],
  totals: { total: 1, totalCost: 1, maxTotalCost: 10 },
  lastReconcileAgoMs: 2_000,
  workers: [{ channel: "alice", isConnected: true, unacknowledged: 0, eventsSent: 3 }],
  events: {
    received: 4,
    duplicates: 1,
    routed: 3,
    withoutWorker: 0,
    dropped: 0,
    recovered: 1,
    lastAgoMs: { "stream.online": 7_000 },
  },
  gap: { isOpen: false, lastLookAgoMs: 3_000, drifts: [], uncovered: [] },
  journal: { isWorking: true },
  permits: {
    auth: { ...line, counted: 1 },
    join: { ...line, counted: 1 },
    send: { ...line, limit: 100, waiting: 2 },
    joined: { counted: 1, free: 0, max: 100, refused: [] },
  },
  points: [{ bucket: "bot", limit: 800, remaining: 795, resetInMs: 30_000 }],
};
const page = (of: object, columns = Number.POSITIVE_INFINITY) =>
  renderHubStatus(v.parse(HubStatus, of), plainPaint, columns).split("\n");

test("hub_ctl status: in words, then the proofs, then what needs a look", () => {
  expect(page(hub)).toEqual([
    "All is well.",
    "",
    "process   pid 7, up 5 s",
    "eventsub  live for 4 s (websocket, 1 connection), last frame 900 ms ago; 1 reconnect",
    "token     good (kissbot), expires in 3h 53m, validated 4 s ago",
    "wanted    1 of 2 subscriptions enabled, compared with Twitch 2 s ago; cost 1 of 10",
    "workers   1 of 1 connected, nothing under way",
    "events    4 received, 3 routed, 1 duplicates, 0 without a worker, 0 dropped; last 7 s ago",
    "gaps      none open, streams looked at 3 s ago, 1 recovered",
    "permits   3 of 100 sends (2 waiting), 1 of 20 joins, 1 of 20 logins; 1 of 100 channels joined as a viewer",
    "helix     795 of 800 points left for bot, full again in 30 s",
    "",
    "proof              seen   bound  of",
    "proved       900 ms ago    13 s  sign of life from EventSub",
    "not due yet       never  2m 15s  look at the running streams",
    "",
    "channel  topic           state",
    "alice    stream.offline  refused",
    "    cost exceeded",
    "",
    "worker  link  events sent  unacknowledged",
    "alice   open            3               0",
  ]);
});

const NO_GRANT =
  "403 subscription missing proper authorization: the broadcaster has not authorised this application for it, or the bot is not allowed there";

test.each([80, 120])("hub_ctl status at %d columns: no line is wider, and nothing said is cut", (columns) => {
  const uncovered = ["alice", "bob", "carol"].map((channel) => ({ channel, because: "" }));
  const gap = { ...hub.gap, uncovered, problem: "Twitch was away, and is asked again in a minute" };
  const subscriptions = [{ channel: "alice", topic: "channel.follow", state: "refused", detail: NO_GRANT }];
  const long = { ...hub, gap, subscriptions };
  const lines = page(long, columns);
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  const toWords = (some: readonly string[]) => some.join(" ").split(/ +/);
  expect(toWords(lines)).toEqual(toWords(page(long)));
  expect(lines.filter((line) => line.startsWith("          ")).length).toBeGreaterThan(0);
});

test("hub_ctl status: a reason that a hundred channels share is said once", () => {
  const subscriptions = Array.from({ length: 100 }, (_, at) => ({
    channel: `channel_${at}`,
    topic: "channel.follow",
    state: "refused",
    detail: at === 99 ? "cost exceeded" : NO_GRANT,
  }));
  const lines = page({ ...hub, subscriptions }, 120);
  expect(lines.filter((line) => line.includes("403"))).toEqual([
    "(1) 403 subscription missing proper authorization: the broadcaster has not authorised this application for it, or the",
  ]);
  expect(lines).toContain("channel_7   channel.follow  refused (1)");
  expect(lines).toContain("    cost exceeded");
});

test("a hub that has nothing yet shows no empty tables", () => {
  const bare = {
    ...hub,
    eventsub: { transport: "websocket", connections: 0, mode: "idle", reconnects: 0, each: [] },
    token: { state: "needs-reauth" },
    proofs: [],
    subscriptions: [],
    totals: undefined,
    workers: [],
    lastReconcileAgoMs: undefined,
    points: [],
  };
  expect(page(bare).slice(3, 7)).toEqual([
    "eventsub  idle (websocket, 0 connections), no session; 0 reconnects",
    "token     needs-reauth",
    "wanted    0 of 0 subscriptions enabled, never compared with Twitch yet",
    "workers   0 of 0 connected, nothing under way",
  ]);
  expect(page(bare)).toHaveLength(10);
});

test("of a large house only the workers that need a look are shown", () => {
  const workers = Array.from({ length: 40 }, (_, at) => ({
    channel: `channel_${at}`,
    isConnected: at !== 7,
    unacknowledged: at === 9 ? 4 : 0,
    oldestAgoMs: at === 9 ? 61_000 : undefined,
    eventsSent: 1,
  }));
  const shown = page({ ...hub, workers });
  expect(shown).toContain("workers   39 of 40 connected, 4 events not dealt with, the oldest for 1m 1s");
  expect(shown.filter((row) => row.startsWith("channel_"))).toEqual([
    "channel_7  away            1               0",
    "channel_9  open            1               4",
  ]);
});

describe("when nobody answers", () => {
  const note = { pid: 9, startTicks: "1", since: "2026-01-01T00:00:00Z" };
  test.each([
    [{ is: "none" } as const, "KissBot is not running."],
    [
      { is: "lone-worker", note: { ...note, channel: v.parse(Login, "alice_live") } } as const,
      "a worker runs alone: #alice_live, process 9, since 2026",
    ],
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

describe("broadcasters who logged in", () => {
  const broadcasters = [
    { login: "alice_live", state: "good", validatedAgoMs: 900 },
    { login: "bob_plays", state: "needs-reauth" },
  ];
  test.each([
    ["websocket", "1 of 2 kept good; not used: over a WebSocket every subscription is the bot's"],
    ["conduit", "1 of 2 kept good; what they granted counts over the conduit"],
  ])("over a %s it is told what their tokens are good for", (transport, text) => {
    const lines = page({ ...hub, broadcasters, eventsub: { ...hub.eventsub, transport } });
    expect(lines).toContain(`others    broadcasters' tokens: ${text}; must log in anew: bob_plays`);
  });
});
