/**
 * Tells the operator's webhook what only a person can mend. Promises: an incident is told of once, over restarts of the
 * supervisor too, and once more when it is over; what the webhook does not take is tried again with growing rests; the
 * house never waits for it.
 */
import { hostname } from "node:os";
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Alerts as AlertSettings } from "../../shared/config/alerts.ts";
import { toError } from "../../shared/errors.ts";
import { BEAT_EVERY_MS } from "../../shared/ipc/supervisor-child.ts";
import type { Logger } from "../../shared/log.ts";
import type { Member } from "../post.ts";
import { readAlertMemory, writeAlertMemory } from "./alert-memory.ts";
import { type HouseSight, toSight } from "./incidents.ts";
import { type AlertMemory, planAlerts, toWebhookBody } from "./plan-alerts.ts";
import type { postWebhook } from "./post-webhook.ts";

export interface Alerts {
  /** For `status`: why alerts reach nobody. */
  troubles(): readonly string[];
  stop(): void;
}

/** With the beats, for which the supervisor is awake anyway. */
const LOOK_EVERY_MS: Millis = BEAT_EVERY_MS;
const AGAIN: Backoff = { first: 2_000, longest: 300_000, jitter: 0.5 };

export function startAlerts(using: {
  readonly file: string;
  /** Asked anew each time: it may be reloaded. */
  readonly settings: () => AlertSettings;
  readonly members: () => readonly Pick<Member, "child" | "errors">[];
  readonly house: () => HouseSight;
  readonly post: typeof postWebhook;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): Alerts {
  const { file, clock, log } = using;
  let memory = readAlertMemory(file);
  let failures = 0;
  let problem: string | undefined;
  let isPosting = false;
  let isStopped = false;
  let restsUntil: Millis = 0;
  let postedTo: string | undefined;
  let isWritten = true;

  const keep = (next: AlertMemory) => {
    memory = next;
    try {
      writeAlertMemory(file, memory);
      isWritten = true;
    } catch (thrown) {
      if (isWritten)
        log.warn({ err: toError(thrown) }, "what was told of incidents could not be written down");
      isWritten = false;
    }
  };
  const failed = (why: string) => {
    failures += 1;
    restsUntil = clock.now() + restMs(AGAIN, failures, using.random());
    if (problem !== why) log.warn({ problem: why, failures }, "the alert webhook did not take an alert");
    problem = why;
  };
  const postNext = async () => {
    const [alert] = memory.outbox;
    const { webhook, allow_private } = using.settings();
    if (!alert || webhook === undefined || isPosting || isStopped || clock.now() < restsUntil) return;
    isPosting = true;
    const body = toWebhookBody(alert, hostname());
    const posted = await using
      .post({ url: webhook, mayBePrivate: allow_private }, body)
      .catch((thrown: unknown) => ({ is: "failed" as const, problem: toError(thrown).message }));
    isPosting = false;
    if (isStopped) return;
    if (posted.is === "failed") return failed(posted.problem);
    log.info({ event: alert.event, incident: alert.key }, "the operator was alerted");
    failures = 0;
    problem = undefined;
    keep({ ...memory, outbox: memory.outbox.filter((one) => one !== alert) });
    void postNext();
  };
  const look = () => {
    const { webhook } = using.settings();
    if (webhook === undefined) {
      problem = undefined;
      return;
    }
    // Another address has not failed yet.
    if (webhook !== postedTo) restsUntil = 0;
    postedTo = webhook;
    const planned = planAlerts(memory, toSight(using.members(), using.house(), clock.now()), clock.wall());
    if (planned !== memory) keep(planned);
    void postNext();
  };
  const stopLooking = clock.every(LOOK_EVERY_MS, look);

  return {
    troubles: () => (problem === undefined ? [] : [`alerts do not reach their webhook: ${problem}`]),
    stop() {
      isStopped = true;
      stopLooking();
    },
  };
}
