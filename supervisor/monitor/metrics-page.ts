/** Samples as the page a Prometheus reads. Loaded only when the monitor's port is on. */
import { Counter, Gauge, Registry } from "prom-client";
import type { MetricSample } from "./metric-samples.ts";
import { type MetricName, type MetricRow, metricTable } from "./metric-table.ts";

export interface MetricsPage {
  readonly contentType: string;
  render(samples: readonly MetricSample[]): Promise<string>;
}

export function makeMetricsPage(): MetricsPage {
  const registry = new Registry();
  const rows: readonly (readonly [string, MetricRow])[] = Object.entries(metricTable);
  const writers = new Map(rows.map(([name, row]) => [name, makeWriter(name, row, registry)]));
  const writerOf = (name: MetricName) => writers.get(name);
  return {
    contentType: registry.contentType,
    render(samples) {
      // Each page anew: what has gone since the last one must not be told of for ever.
      registry.resetMetrics();
      for (const { metric, labels, value } of samples) writerOf(metric)?.(labels, value);
      return registry.metrics();
    },
  };
}

type Write = (labels: Record<string, string>, value: number) => void;

function makeWriter(name: string, { type, help, labels }: MetricRow, registry: Registry): Write {
  const about = { name, help, labelNames: [...labels], registers: [registry] };
  switch (type) {
    case "gauge": {
      const gauge = new Gauge(about);
      return (its, value) => gauge.set(its, value);
    }
    case "counter": {
      const counter = new Counter(about);
      return (its, value) => counter.inc(its, value);
    }
  }
}
