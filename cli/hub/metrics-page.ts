/** `hub_ctl metrics`: for eyes, and in Prometheus' text format. Pure. */
import type { HubMetric } from "../../shared/ipc/hub-control.ts";
import { safeText } from "../safe-text.ts";
import { renderTable } from "../table.ts";

export function renderMetrics(metrics: readonly HubMetric[], columns: number): string {
  const rows = metrics.flatMap(({ name, samples }) =>
    samples.map(({ labels, value }) => ({ cells: [`${name}${renderLabels(labels)}`, formatValue(value)] })),
  );
  return renderTable(
    [
      { title: "metric", align: "left" },
      { title: "value", align: "right" },
    ],
    rows,
    columns,
  ).join("\n");
}

/** Source: prometheus.io, exposition formats, text format 0.0.4. */
export function renderPrometheus(metrics: readonly HubMetric[]): string {
  return metrics
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}`),
    ])
    .join("\n");
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escapeLabel = (value: string): string =>
  safeText(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"');

const formatValue = (value: number): string => String(Number(value.toFixed(3)));
