/** What the dashboard and the alert rules ask for is exported, what is exported is documented. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkoutFolder } from "../../shared/home.ts";
import { type MetricRow, metricTable } from "../../supervisor/monitor/metric-table.ts";

const DASHBOARD = "deploy/grafana/kissbot.json";
const ALERTS = "deploy/prometheus/alerts.yml";
const table: Readonly<Record<string, MetricRow>> = metricTable;

/** Every text under one of these keys, however deep. */
function textsUnder(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => textsUnder(key, one));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key && typeof inner === "string" ? [inner] : textsUnder(key, inner),
  );
}

interface Use {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** The metrics an expression names, each with the labels its selector asks for. Whatever begins with kissbot_ is one. */
function findUses(expression: string): readonly Use[] {
  return [...expression.matchAll(/\b(kissbot_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = "", selector = ""]) => ({
      metric,
      labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
    }),
  );
}

const read = (file: string) => readFileSync(join(checkoutFolder, file), "utf8");
const dashboard: unknown = JSON.parse(read(DASHBOARD));
const alerts: unknown = parse(read(ALERTS));
const expressions: readonly (readonly [string, string])[] = [
  ...[...textsUnder("expr", dashboard), ...textsUnder("query", dashboard)].map(
    (text) => [DASHBOARD, text] as const,
  ),
  ...textsUnder("expr", alerts).map((text) => [ALERTS, text] as const),
];

test("findUses finds metrics with their labels", () => {
  expect(findUses('sum(rate(kissbot_a_total{x="1",y!~"z"}[5m])) / kissbot_b')).toEqual([
    { metric: "kissbot_a_total", labels: ["x", "y"] },
    { metric: "kissbot_b", labels: [] },
  ]);
});

test("there is something to look at", () => {
  expect(textsUnder("expr", dashboard).length).toBeGreaterThan(10);
  expect(textsUnder("expr", alerts).length).toBeGreaterThan(5);
});

describe.each(expressions)("%s: %s", (_file, expression) => {
  test("asks for what is exported, by labels it has", () => {
    for (const { metric, labels } of findUses(expression)) {
      expect(Object.keys(table)).toContain(metric);
      expect(table[metric]?.labels).toEqual(expect.arrayContaining([...labels]));
    }
  });
});

test("every figure is used somewhere", () => {
  const used = new Set(expressions.flatMap(([, text]) => findUses(text).map(({ metric }) => metric)));
  expect(Object.keys(table).filter((name) => !used.has(name))).toEqual([]);
});

function toPage(): string {
  const rows = Object.entries(table).map(([name, { type, labels, help }]) =>
    [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(" "), help].join(" | "),
  );
  return [
    "# Metrics and health",
    "",
    "The supervisor answers for the whole house at `http://127.0.0.1:9464` (`monitor` in config.yaml):",
    "",
    "| page | answers |",
    "|---|---|",
    "| `/metrics` | the figures below, for Prometheus |",
    "| `/health` | 200 while all is well, else 503, with the first line of `./kissbot.sh status` |",
    "| `/readyz` | 200 while any channel works, else 503, with the same line |",
    "| `/livez` | 200 while the supervisor's own loop turns |",
    "",
    "`child` is `supervisor`, `hub` or `worker:<channel>`; `channel` is empty for the first two. Totals begin at 0 with",
    "each process: use `rate` or `increase`. Memory is looked at now and then: a figure may be a minute old. The",
    "supervisor's own CPU and lag are those since the last scrape. `deploy/prometheus/` has a configuration and alert",
    "rules, `deploy/grafana/kissbot.json` a dashboard to import; a test keeps them to this table.",
    "Do not edit: `npx vitest run --project rules -u` writes this page from `supervisor/monitor/metric-table.ts`.",
    "",
    "| metric | type | labels | what it says |",
    "|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

test("docs/metrics.md says what the table says", async () => {
  await expect(toPage()).toMatchFileSnapshot(join(checkoutFolder, "docs", "metrics.md"));
});
