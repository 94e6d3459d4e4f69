/**
 * deploy/ as the programs it is for read it. promtool (Debian: prometheus) and systemd-analyze (systemd) are asked
 * where they are installed, and their tests skipped where they are not.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkoutFolder } from "../../shared/home.ts";
import type { MetricSample } from "../../supervisor/monitor/metric-samples.ts";
import { type MetricName, type MetricRow, metricTable } from "../../supervisor/monitor/metric-table.ts";
import { makeMetricsPage } from "../../supervisor/monitor/metrics-page.ts";

const deploy = (...path: readonly string[]) => join(checkoutFolder, "deploy", ...path);
const isInstalled = (program: string) => spawnSync(program, ["--version"]).status === 0;
const hasPromtool = isInstalled("promtool");
const hasSystemd = isInstalled("systemd-analyze");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kissbot-deploy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What it complains about; empty when it is content. */
function complaintsOf(program: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}` || `exit code ${status}`;
}

const Target = v.object({ expr: v.string(), legendFormat: v.optional(v.string(), "") });
const Panel = v.object({
  id: v.number(),
  title: v.string(),
  gridPos: v.object({ x: v.number(), y: v.number(), w: v.number(), h: v.number() }),
  targets: v.optional(v.array(Target), []),
});
const Dashboard = v.object({
  uid: v.string(),
  panels: v.array(Panel),
  templating: v.object({ list: v.array(v.object({ name: v.string() })) }),
});
const dashboard = v.parse(Dashboard, JSON.parse(readFileSync(deploy("grafana", "kissbot.json"), "utf8")));
const targets = dashboard.panels.flatMap((panel) => panel.targets.map((one) => ({ panel, ...one })));

describe("the dashboard", () => {
  test("has panels that are one each, and none lies on another", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test.each(targets)(
    "asks with variables there are, and names lines by labels they have: $expr",
    (target) => {
      const variables = dashboard.templating.list.map(({ name }) => name);
      const used = [...target.expr.matchAll(/\$\{?(\w+)/g)].flatMap(([, name = ""]) => name);
      expect(used.filter((name) => !name.startsWith("__") && !variables.includes(name))).toEqual([]);
      const kept = /\bby \(([^)]*)\)/.exec(target.expr)?.[1]?.split(", ");
      const metric = /\bkissbot_\w+/.exec(target.expr)?.[0] ?? "";
      const rows: Readonly<Record<string, MetricRow>> = metricTable;
      // Prometheus's own, of which it knows the labels.
      const labels = metric === "" ? ["alertname", "child", "channel"] : (kept ?? rows[metric]?.labels ?? []);
      const shown = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, label = ""]) => label);
      expect(shown.filter((label) => !labels.includes(label))).toEqual([]);
    },
  );
});

describe.skipIf(!hasPromtool)("promtool", () => {
  test("finds nothing to complain about in the page of metrics", async () => {
    const rows = Object.entries(metricTable) as readonly (readonly [MetricName, MetricRow])[];
    const samples = rows.map(
      ([metric, { labels }]): MetricSample => ({
        metric,
        labels: Object.fromEntries(labels.map((label) => [label, "x"])),
        value: 1,
      }),
    );
    const page = await makeMetricsPage().render(samples);
    expect(complaintsOf("promtool", ["check", "metrics"], page)).toBe("");
  });

  test("takes the configuration and the alerts", () => {
    expect(complaintsOf("promtool", ["check", "config", deploy("prometheus", "prometheus.yml")])).toBe("");
  });

  test("sees each alert come when it should and only then", () => {
    expect(complaintsOf("promtool", ["test", "rules", deploy("prometheus", "alerts.test.yml")])).toBe("");
  });

  test("understands every expression of the dashboard", () => {
    const rules = targets.map(({ expr }, at) => ({
      record: `dashboard:${at}`,
      expr: expr.replace(/\$__\w+/g, "5m").replace(/\$\w+/g, ".*"),
    }));
    const file = join(folder, "rules.json");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    expect(complaintsOf("promtool", ["check", "rules", file])).toBe("");
  });
});

test.skipIf(!hasSystemd)("systemd takes the unit", () => {
  const unit = readFileSync(deploy("systemd", "kissbot.service"), "utf8");
  const file = join(folder, "kissbot.service");
  writeFileSync(file, unit.replaceAll("/opt/kissbot", checkoutFolder));
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  // It looks at every unit of this machine that ours names, and may find something wrong with those.
  const complaints = stderr.split("\n").filter((line) => line.includes("kissbot.service"));
  expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
});
