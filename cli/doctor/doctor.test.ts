import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { colourPaint, plainPaint } from "../paint.ts";
import type { Desk } from "../verb.ts";
import type { Check, Finding } from "./check.ts";
import { judgeWebhook } from "./checks/alerts.ts";
import { judgeClock } from "./checks/clock.ts";
import { judgeRoom } from "./checks/disk.ts";
import { judgeBudget } from "./checks/eventsub.ts";
import { judge } from "./checks/files.ts";
import { judgeModerator } from "./checks/moderator.ts";
import { judgeNode } from "./checks/node.ts";
import { judgeMonitor } from "./checks/ports.ts";
import { findChecks } from "./find-checks.ts";
import { renderFindings } from "./findings-page.ts";
import { findSecrets, hideSecrets } from "./hide-secrets.ts";
import { CHECK_WITHIN_MS, judgeFindings, runChecks } from "./run-checks.ts";

const ok: Finding = { level: "ok", says: "fine" };
const check = (name: string, run: Check["run"]): Check => ({ name, run });
const deskAt = (clock: Desk["clock"]) => ({ clock }) as Desk;

describe("checks run side by side", () => {
  test("one that hangs is a finding, one that throws is its own defect, and neither holds up the others", async () => {
    const clock = makeFakeClock();
    const started: string[] = [];
    const running = runChecks(
      [
        check("hangs", () => new Promise(() => void started.push("hangs"))),
        check("throws", () => {
          started.push("throws");
          throw new Error("boom");
        }),
        check("fine", async () => {
          started.push("fine");
          return [ok];
        }),
      ],
      deskAt(clock),
    );
    await settled();
    expect(started).toEqual(["hangs", "throws", "fine"]);
    await clock.advance(CHECK_WITHIN_MS);
    const examined = await running;
    expect(examined.map(({ check: name, findings }) => [name, findings[0]?.level])).toEqual([
      ["hangs", "warn"],
      ["throws", "fail"],
      ["fine", "ok"],
    ]);
    expect(examined[1]?.findings[0]?.says).toBe("could not look: boom");
    expect(clock.pending()).toBe(0);
  });

  test.each<[readonly Finding["level"][], 0 | 1 | 2]>([
    [[], 0],
    [["ok", "ok"], 0],
    [["ok", "warn"], 1],
    [["warn", "fail", "ok"], 2],
  ])("%j ends with %d", (levels, exitCode) => {
    const findings = levels.map((level) => ({ level, says: "x" }));
    expect(judgeFindings([{ check: "a", findings }])).toBe(exitCode);
  });
});

test("every file in the folder is a check with a name of its own", async () => {
  const names = (await findChecks()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of [
    "node",
    "config",
    "files",
    "disk",
    "database",
    "key",
    "clock",
    "tokens",
    "scopes",
    "moderator",
  ])
    expect(names).toContain(name);
  expect(names[0]).toBe("node");
});

describe("nothing is said that should not be pasted", () => {
  const tree = {
    twitch: {
      client_id: "public-id",
      client_secret: "planted-secret",
      tokens: { kissbot: { access_token: "planted-access", refresh_token: "planted-refresh" } },
    },
    alerts: { webhook: "https://hooks/planted-webhook" },
    games: { rawg: { key: "planted-key" } },
    log: { level: "info" },
  };

  test("secrets are found by the names they stand under", () => {
    expect([...findSecrets(tree)].sort()).toEqual([
      "https://hooks/planted-webhook",
      "planted-access",
      "planted-key",
      "planted-refresh",
      "planted-secret",
    ]);
  });

  test("they are hidden wherever they stand, and so are the folders of this machine", () => {
    const hidden = hideSecrets(
      [
        {
          check: "a",
          findings: [{ level: "fail", says: "planted-access at /home/me/kb/x", fix: "rm /home/me/kb" }],
        },
      ],
      {
        secrets: findSecrets(tree),
        folders: new Map([
          ["/home/me", "~"],
          ["/home/me/kb", "(home)"],
        ]),
      },
    );
    expect(hidden[0]?.findings).toEqual([{ level: "fail", says: "(hidden) at (home)/x", fix: "rm (home)" }]);
  });

  test("no secret survives, whatever the words around it", () => {
    const secret = fc.stringMatching(/^[a-z0-9]{6,20}$/);
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1 }), fc.array(fc.string()), (secrets, words) => {
        const says = [...words, ...secrets].join(" ");
        const [hidden] = hideSecrets([{ check: "a", findings: [{ level: "ok", says }] }], {
          secrets,
          folders: new Map(),
        });
        const left = (hidden?.findings[0]?.says ?? "").replaceAll("(hidden)", "");
        for (const one of secrets.filter((text) => text !== "hidden")) expect(left).not.toContain(one);
      }),
    );
  });
});

test("the page shows a line for each finding and what to do below it", () => {
  const examined = [
    { check: "node", findings: [ok] },
    { check: "disk", findings: [{ level: "warn" as const, says: "50\u001b[2J MB free", fix: "make room" }] },
  ];
  expect(renderFindings(examined, plainPaint)).toBe(
    "ok    node  fine\nwarn  disk  50\\u001b[2J MB free\n        make room\n\nIt works, with 1 thing to look at.",
  );
  expect(renderFindings(examined, colourPaint)).toContain("\u001b[");
});

const level = ({ level: its }: Finding) => its;
const NOW = Date.UTC(2026, 0, 1, 12);

test.each([
  [new Date(NOW).toUTCString(), "ok"],
  [new Date(NOW - 4_000).toUTCString(), "ok"],
  [new Date(NOW - 60_000).toUTCString(), "warn"],
  [new Date(NOW + 60_000).toUTCString(), "warn"],
  [new Date(NOW + 3_600_000).toUTCString(), "fail"],
  [undefined, "warn"],
  ["yesterday-ish", "warn"],
])("a clock beside %s: %s", (date, wanted) => {
  expect(level(judgeClock(date, NOW))).toBe(wanted);
});

test.each([
  ["22.12.0", "fail"],
  ["22.13.0", "ok"],
  ["18.20.4", "fail"],
  ["24.1.0", "ok"],
])("Node.js %s: %s", (version, wanted) => {
  expect(level(judgeNode(version))).toBe(wanted);
});

test.each([
  [10 * 2 ** 30, "ok"],
  [500 * 2 ** 20, "warn"],
  [10 * 2 ** 20, "fail"],
])("%d bytes free: %s", (bytes, wanted) => {
  expect(level(judgeRoom(bytes))).toBe(wanted);
});

test.each([
  [0o100600, 0],
  [0o100644, 1],
  [0o100660, 1],
])("mode %o has %d findings", (mode, count) => {
  const uid = process.getuid?.() ?? 0;
  expect(judge({ path: "/x/config.yaml", isFolder: false }, { mode, uid })).toHaveLength(count);
});

test.each([
  [{ total: 3, cost: 3, costMax: 10 }, "ok"],
  [{ total: 9, cost: 9, costMax: 10 }, "warn"],
  [{ total: 0, cost: 0, costMax: 0 }, "ok"],
])("an EventSub budget of %j: %s", (budget, wanted) => {
  expect(level(judgeBudget(budget))).toBe(wanted);
});

test.each([
  [{ is: "free" } as const, false, "ok"],
  [{ is: "free" } as const, true, "warn"],
  [{ is: "taken", problem: "EADDRINUSE" } as const, true, "ok"],
  [{ is: "taken", problem: "EADDRINUSE" } as const, false, "warn"],
  [{ is: "refused", problem: "EACCES" } as const, true, "warn"],
])("the port of metrics, %j, house runs %j: %s", (tried, isRunning, wanted) => {
  expect(level(judgeMonitor("127.0.0.1:1", tried, isRunning))).toBe(wanted);
});

test.each([
  ["https:", ["8.8.8.8"], false, "ok"],
  ["https:", ["10.0.0.1"], false, "warn"],
  ["https:", ["8.8.8.8", "10.0.0.1"], false, "warn"],
  ["http:", ["8.8.8.8"], false, "warn"],
  ["http:", ["10.0.0.1"], true, "ok"],
  ["https:", [], false, "warn"],
])("a webhook by %s at %j, private allowed %j: %s", (protocol, addresses, allow_private, wanted) => {
  expect(level(judgeWebhook({ protocol }, addresses, { allow_private }))).toBe(wanted);
});

test("the hundred-channel rule counts where the bot is no moderator", () => {
  const channels = (count: number, moderator: "yes" | "no") =>
    Array.from({ length: count }, (_, at) => ({
      channel: `c${moderator}${at}` as Parameters<typeof judgeModerator>[0][number]["channel"],
      moderator,
      because: undefined,
    }));
  expect(judgeModerator([...channels(100, "no"), ...channels(50, "yes")]).map(level)).toEqual([
    "ok",
    "warn",
    "ok",
  ]);
  expect(judgeModerator(channels(101, "no")).map(level)).toEqual(["warn", "fail"]);
  expect(judgeModerator([]).map(level)).toEqual(["ok"]);
});
