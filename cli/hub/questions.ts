/** What `hub_ctl` can be asked, one row per question: what it says of itself, which flags it takes, how it answers. */
import type { Login } from "../../shared/ids.ts";
import type { ResyncReport, SubscriptionRow } from "../../shared/ipc/hub-control.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import { formatSeconds } from "../duration.ts";
import { safeText } from "../safe-text.ts";
import { healthExitCode } from "../status/health.ts";
import { renderHubStatus } from "../status/hub-page.ts";
import { type Desk, EXIT_USAGE } from "../verb.ts";
import { type AskedHub, askHub, followHub } from "./ask-hub.ts";
import { renderPassingEvent } from "./event-line.ts";
import { renderMetrics, renderPrometheus } from "./metrics-page.ts";
import { filterSubscriptions, renderSubscriptions } from "./subscriptions-page.ts";

export interface HubOptions {
  readonly json: boolean;
  readonly prom: boolean;
  readonly channel?: Login | undefined;
  readonly status?: SubscriptionRow["state"] | undefined;
  readonly topic?: Topic | undefined;
  readonly follow: boolean;
}
type Flag = Exclude<keyof HubOptions, "json">;

interface Question {
  readonly says: string;
  readonly takes: readonly Flag[];
  /** Answers with the exit code: 0 well, 1 not well or refused, 2 the hub is not there. */
  readonly answer: (options: HubOptions, desk: Desk) => Promise<number>;
}

const EXIT_NOT_WELL = 1;
const EXIT_AWAY = 2;
/** A hub that is restarted is there again in about a second. */
const DIAL_AGAIN_MS = 1_000;

export const QUESTIONS = {
  status: { says: "is all well, and proved when", takes: [], answer: showStatus },
  metrics: { says: "every figure; --prom for Prometheus", takes: ["prom"], answer: showMetrics },
  subscriptions: {
    says: "what is wanted, what Twitch has, what it costs, and why something is missing",
    takes: ["channel", "status"],
    answer: showSubscriptions,
  },
  resync: { says: "compares with Twitch now, repairs, and reports", takes: [], answer: resync },
  drain: {
    says: "for maintenance: lets no new events in, and waits for those under way",
    takes: [],
    answer: (options, desk) => order("drain", options, desk),
  },
  undrain: {
    says: "lets events in again, and looks for what was missed",
    takes: [],
    answer: (options, desk) => order("undrain", options, desk),
  },
  restart: {
    says: "moves to new EventSub connections without losing an event",
    takes: [],
    answer: (options, desk) => order("restart", options, desk),
  },
  events: {
    says: "shows events as they pass, with --follow",
    takes: ["channel", "topic", "follow"],
    answer: showEvents,
  },
} as const satisfies Readonly<Record<string, Question>>;
export type HubQuestion = keyof typeof QUESTIONS;

export const answerQuestion = (word: HubQuestion, options: HubOptions, desk: Desk): Promise<number> =>
  QUESTIONS[word].answer(options, desk);

/** Pure: the sentence when a flag was given to a question that does not know it. */
export function misplacedFlag(word: HubQuestion, options: HubOptions): string | undefined {
  const { takes }: Question = QUESTIONS[word];
  const given = (["prom", "channel", "status", "topic", "follow"] as const).filter((flag) => {
    const value = options[flag];
    return value !== undefined && value !== false;
  });
  const wrong = given.find((flag) => !takes.includes(flag));
  if (wrong === undefined) return undefined;
  const knowing = Object.entries(QUESTIONS).filter(([, its]) =>
    (its.takes as readonly Flag[]).includes(wrong),
  );
  return `hub_ctl ${word} has no --${wrong}; it belongs to ${knowing.map(([name]) => name).join(" and ")}`;
}

async function showStatus({ json }: HubOptions, desk: Desk): Promise<number> {
  const asked = await askHub({ do: "status" }, "status", desk);
  if (asked.is !== "answered") return tellAway(asked, json, desk);
  const { status } = asked.answer;
  desk.say(json ? JSON.stringify(status, null, 2) : renderHubStatus(status, desk.paint, desk.columns));
  return healthExitCode[status.health];
}

async function showMetrics({ json, prom }: HubOptions, desk: Desk): Promise<number> {
  const asked = await askHub({ do: "metrics" }, "metrics", desk);
  // Whoever collects figures collects no sentences.
  if (asked.is !== "answered") return tellAway(asked, json, prom ? { ...desk, say: desk.warn } : desk);
  const { metrics } = asked.answer;
  if (json) desk.say(JSON.stringify(metrics, null, 2));
  else desk.say(prom ? renderPrometheus(metrics) : renderMetrics(metrics, desk.columns));
  return 0;
}

async function showSubscriptions({ json, channel, status }: HubOptions, desk: Desk): Promise<number> {
  const asked = await askHub({ do: "subscriptions" }, "subscriptions", desk);
  if (asked.is !== "answered") return tellAway(asked, json, desk);
  const list = filterSubscriptions(asked.answer.list, { channel, state: status });
  desk.say(json ? JSON.stringify(list, null, 2) : renderSubscriptions(list, desk.paint, desk.columns));
  return list.rows.some(({ state }) => state === "missing" || state === "refused") ? EXIT_NOT_WELL : 0;
}

/** What takes minutes must not look as if it hung. */
const telling = ({ home, clock, warn }: Desk) => ({
  home,
  clock,
  onUnderWay: (line: string) => warn(`kissbot: the hub is still at it: ${safeText(line)}`),
});

async function resync({ json }: HubOptions, desk: Desk): Promise<number> {
  const asked = await askHub({ do: "resync" }, "resynced", telling(desk));
  if (asked.is !== "answered") return tellAway(asked, json, desk);
  const { report } = asked.answer;
  desk.say(json ? JSON.stringify(report, null, 2) : describeResync(report));
  return report.problem === undefined && report.refused === 0 ? 0 : EXIT_NOT_WELL;
}

/** Pure. */
export function describeResync({ created, deleted, refused, tookMs, problem }: ResyncReport): string {
  const done = `${created} created, ${deleted} deleted, ${refused} refused`;
  const took = `in ${formatSeconds(tookMs)}`;
  if (problem !== undefined) return `Not settled ${took}: ${safeText(problem)} (${done}).`;
  if (created + deleted + refused === 0) return `Twitch has what is wanted: nothing to repair (${took}).`;
  return `Settled ${took}: ${done}.${refused > 0 ? " hub_ctl subscriptions --status refused says why." : ""}`;
}

async function order(
  does: "drain" | "undrain" | "restart",
  { json }: HubOptions,
  desk: Desk,
): Promise<number> {
  const asked = await askHub({ do: does }, "done", telling(desk));
  if (asked.is !== "answered") return tellAway(asked, json, desk);
  desk.say(json ? JSON.stringify({ done: asked.answer.line }, null, 2) : asked.answer.line);
  return 0;
}

async function showEvents({ json, channel, topic, follow }: HubOptions, desk: Desk): Promise<number> {
  if (!follow) {
    desk.warn(
      "kissbot: hub_ctl events keeps no history: hub_ctl events --follow shows what passes from now on",
    );
    return EXIT_USAGE;
  }
  const stopping = desk.stopSignal();
  let wasOpen = false;
  while (!stopping.aborted) {
    const ended = await followHub(
      { do: "follow-events", channel, topic },
      {
        home: desk.home,
        clock: desk.clock,
        stopping,
        onOpen() {
          // Nothing may pass for hours: that is no reason to look dead.
          if (!json)
            desk.warn(wasOpen ? "kissbot: the hub is back" : "kissbot: showing what passes until Ctrl-C");
          wasOpen = true;
        },
        onEvent(event, missed) {
          if (missed > 0) desk.warn(`kissbot: ${missed} events passed unseen: this terminal is too slow`);
          desk.say(json ? JSON.stringify(event) : renderPassingEvent(event, desk.paint, desk.columns));
        },
      },
    );
    if (ended.is === "stopped") return 0;
    if (!wasOpen) return tellAway(ended, json, desk);
    desk.warn(`kissbot: the hub went away (${safeText(ended.problem)}); trying again until Ctrl-C`);
    await restOrStop(desk, stopping);
  }
  return 0;
}

function restOrStop({ clock }: Desk, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      stopping.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(DIAL_AGAIN_MS, end);
    stopping.addEventListener("abort", end);
  });
}

function tellAway(asked: Exclude<AskedHub<"status">, { is: "answered" }>, json: boolean, desk: Desk): number {
  const sentence =
    asked.is === "refused"
      ? `The hub refuses: ${safeText(asked.because)}`
      : `The hub does not answer (${safeText(asked.problem)}). ./kissbot.sh status shows whether it should run.`;
  const health = asked.is === "refused" ? "degraded" : "down";
  desk.say(json ? JSON.stringify({ health, sentence }, null, 2) : desk.paint("red", sentence));
  return asked.is === "refused" ? EXIT_NOT_WELL : EXIT_AWAY;
}
