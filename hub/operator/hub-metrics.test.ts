import { expect, test } from "vitest";
import type { HubMetric } from "../../shared/ipc/hub-control.ts";
import { makeHubSources } from "../../tests/support/hub-sources.ts";
import type { ConnectionState } from "../eventsub/transport.ts";
import { toHubStatus } from "../status.ts";
import { toHubMetrics } from "./hub-metrics.ts";

const OWN = { cpuShare: 0.1, lagP99Ms: 2, pssKb: 50_000 };
const figuresOf = (...connections: readonly Partial<ConnectionState>[]) =>
  toHubMetrics(
    toHubStatus(makeHubSources({ channels: 3, topics: ["stream.online", "channel.raid"], connections })),
    OWN,
  );
const toSeries = ({ name, samples }: HubMetric) =>
  samples.map(({ labels }) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`);

/** What Prometheus refuses as a whole page. */
test.each([1, 2, 3])("no series comes twice, with %d connections", (count) => {
  const series = figuresOf(...Array.from({ length: count }, () => ({}))).flatMap(toSeries);
  expect(series.length).toBeGreaterThan(30);
  expect(series).toEqual([...new Set(series)]);
});

test.each<[string, readonly Partial<ConnectionState>[], number | undefined, number]>([
  ["all are heard", [{ lastFrameAgoMs: 2_000 }, { lastFrameAgoMs: 5_000 }, {}], 5, 0],
  ["one is silent", [{}, { lastFrameAgoMs: 40_000 }, {}], 40, 1],
  ["one was never heard", [{}, { sessionId: undefined, lastFrameAgoMs: undefined }], undefined, 1],
])("of several connections the worst is told: %s", (_when, connections, age, missing) => {
  const read = (name: string) =>
    figuresOf(...connections)
      .find((one) => one.name === name)
      ?.samples.find(({ labels }) => labels.proof === "keepalive")?.value;
  expect(read("kissbot_hub_proof_age_seconds")).toBe(age);
  expect(read("kissbot_hub_proof_missing")).toBe(missing);
});
