/** The audit log's events: the table is the documentation, and nothing stands in it that nobody writes. */
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { AUDIT_EVENTS, type AuditEventName, auditTable } from "../../shared/audit-events.ts";
import { checkoutFolder } from "../../shared/home.ts";
import { readSources } from "../support/source-graph.ts";

const product = readSources().filter(
  ({ path }) =>
    !path.endsWith(".test.ts") && !/^(tests|bench|sim)\//.test(path) && path !== "shared/audit-events.ts",
);
/** By its name, in a file that has the audit log in its hands. */
const isWritten = (event: string) =>
  product.some(
    ({ text }) =>
      /makeAuditLog|AuditTrail|tellAudit|AuditWriter|AuditLog\b/.test(text) && text.includes(`"${event}"`),
  );

test.each(AUDIT_EVENTS)("%s is written somewhere", (event) => {
  expect(
    isWritten(event),
    `nothing writes "${event}": take it out of shared/audit-events.ts, or write it`,
  ).toBe(true);
});

test("names are of one manner", () => {
  expect(AUDIT_EVENTS.filter((event) => !/^[a-z]+(-[a-z]+)+$/.test(event))).toEqual([]);
});

test("no detail is a secret by its name", () => {
  const names = AUDIT_EVENTS.flatMap((event) => Object.keys(detailsOf(event)));
  expect(
    names.filter((name) => /token|secret|passphrase|password/i.test(name) && name !== "secrets"),
  ).toEqual([]);
});

const Entries = v.object({ entries: v.record(v.string(), v.unknown()) });
const detailsOf = (event: AuditEventName) => v.parse(Entries, auditTable[event].details).entries;

function toPage(): string {
  const rows = AUDIT_EVENTS.map((event) => {
    const details = Object.keys(detailsOf(event)).map((name) => `\`${name}\``);
    return `| \`${event}\` | ${auditTable[event].says} | ${details.join(", ")} |`;
  });
  return [
    "# Audit log",
    "",
    "What was done to the house and what befell it, in the database's table `audit_log`. Each event says when it happened,",
    "which process wrote it, which channel it is about and who had it done, where that is known; never a secret.",
    "`audit.keep_days` in `config/config.yaml` says how long it is kept.",
    "",
    "    ./kissbot.sh audit                               the last forty",
    "    ./kissbot.sh audit --since 3d --channel alice    what was about one channel",
    "    ./kissbot.sh audit --type token-failed --json    for scripts: one JSON object a line",
    "",
    "An event that must be told of if and only if it came about is written in the transaction of what it tells (a key that",
    "was rotated, a collapse, a setting). The supervisor and the hub, which must not wait for the disk, write theirs",
    "together within a fifth of a second; one that is killed in that moment takes that moment's with it.",
    "",
    "This table is `shared/audit-events.ts`. Do not edit: `npx vitest run --project rules -u` writes this page.",
    "",
    "| event | what has happened | details |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

test("docs/audit.md says what the table says", async () => {
  await expect(toPage()).toMatchFileSnapshot(join(checkoutFolder, "docs", "audit.md"));
});

describe("this rule", () => {
  test("sees an event that nobody writes", () => {
    expect(isWritten("moon-landed")).toBe(false);
  });
});
