/**
 * One end of a conversation over a wire. Promises: only messages of the incoming union reach `onMessage`, each
 * checked at the door; a peer that speaks nonsense or falls silent ends the link with the reason, and is told it
 * (`goodbye`); a handler that throws is logged and never takes the link down. It queues nothing and repeats
 * nothing: sequence numbers and replay belong to the conversation that needs them.
 */
import * as v from "valibot";
import type { Clock, Millis } from "../clock.ts";
import { toError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Encoded, Wire, WireEnd } from "./wire.ts";

export interface Link<Out> {
  send(message: Out | Encoded<Out>): "sent" | "closed";
  /** Resolves once, when nothing can be said or heard any more. */
  readonly closed: Promise<LinkEnd>;
  close(because?: string): void;
}

export type LinkEnd =
  | { readonly is: "closed-by-us" }
  | { readonly is: "peer-left" }
  | { readonly is: "peer-silent"; readonly forMs: Millis }
  | { readonly is: "peer-said-goodbye"; readonly because: string }
  | { readonly is: "peer-spoke-nonsense"; readonly problem: string };

export interface Pulse {
  /** How often the silence is looked at. One this long is broken by a ping; whoever speaks anyway is never asked. */
  readonly everyMs: Millis;
  /** Longer than this without a word and the peer counts as dead: a stopped process looks perfectly connected. */
  readonly silenceMaxMs: Millis;
}
/**
 * A peer that died closes its socket, and a child that hangs is found by its missing beats: this is for what neither
 * shows, and every ping wakes two processes.
 */
export const HOUSE_PULSE: Pulse = { everyMs: 30_000, silenceMaxMs: 90_000 };

/** Spoken by links themselves, below every conversation. */
const LinkWord = v.variant("kind", [
  v.object({ kind: v.literal("ping") }),
  v.object({ kind: v.literal("pong") }),
  v.object({ kind: v.literal("goodbye"), because: v.pipe(v.string(), v.maxLength(1_000)) }),
]);

const LINK_WORDS: ReadonlySet<unknown> = new Set(LinkWord.options.map(({ entries }) => entries.kind.literal));

/** A look at the name only: a whole parse that fails costs more than all that a beat asks of its reader. */
const isLinkWord = (raw: unknown): boolean =>
  typeof raw === "object" && raw !== null && "kind" in raw && LINK_WORDS.has(raw.kind);

export function openLink<In, Out extends object>(
  wire: Wire,
  incoming: v.GenericSchema<unknown, In>,
  using: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly pulse: Pulse;
    /** `link` is handed over because the first message may arrive before the opener has it in hand. */
    readonly onMessage: (message: In, link: Link<Out>) => void;
  },
): Link<Out> {
  const { clock, log, pulse } = using;
  let heardAt = clock.now();
  let isOver = false;
  let resolveClosed: (end: LinkEnd) => void = () => {};
  const closed = new Promise<LinkEnd>((resolve) => {
    resolveClosed = resolve;
  });

  const finish = (end: LinkEnd, goodbye?: string) => {
    if (isOver) return;
    isOver = true;
    stopPulse();
    if (goodbye !== undefined) wire.write({ kind: "goodbye", because: goodbye });
    wire.close();
    resolveClosed(end);
  };
  const refuse = (problem: string) => finish({ is: "peer-spoke-nonsense", problem }, problem);
  const stopPulse = clock.every(pulse.everyMs, () => {
    const forMs = clock.now() - heardAt;
    if (forMs > pulse.silenceMaxMs) finish({ is: "peer-silent", forMs });
    else if (forMs >= pulse.everyMs) wire.write({ kind: "ping" });
  });

  const link: Link<Out> = {
    send(message) {
      return isOver || wire.write(message) === "closed" ? "closed" : "sent";
    },
    closed,
    close(because) {
      finish({ is: "closed-by-us" }, because);
    },
  };

  const hearWord = (raw: unknown) => {
    const word = v.safeParse(LinkWord, raw);
    if (!word.success) return refuse(describeIssues(word.issues));
    if (word.output.kind === "ping") wire.write({ kind: "pong" });
    else if (word.output.kind === "goodbye")
      finish({ is: "peer-said-goodbye", because: word.output.because });
  };
  wire.onClosed((end) => finish(toLinkEnd(end)));
  wire.onMessage((raw) => {
    if (isOver) return;
    heardAt = clock.now();
    if (isLinkWord(raw)) return hearWord(raw);
    const message = v.safeParse(incoming, raw);
    if (!message.success) return refuse(describeIssues(message.issues));
    try {
      using.onMessage(message.output, link);
    } catch (problem) {
      log.error({ err: toError(problem) }, "handling a message threw");
    }
  });
  return link;
}

function toLinkEnd(end: WireEnd): LinkEnd {
  return end.is === "peer-broke-protocol" ? { is: "peer-spoke-nonsense", problem: end.problem } : end;
}

/** Pure: what was wrong, in one line; at most three findings, so that a hostile frame can't fill a log. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const lines = issues.slice(0, 3).map((issue) => `${v.getDotPath(issue) ?? "message"}: ${issue.message}`);
  return lines.join("; ").slice(0, 500);
}

/** What to say of an ended link in a log line or a status. */
export function describeEnd(end: LinkEnd): string {
  switch (end.is) {
    case "closed-by-us":
      return "closed by us";
    case "peer-left":
      return "the other end left";
    case "peer-silent":
      return `the other end was silent for ${Math.round(end.forMs / 1_000)} s`;
    case "peer-said-goodbye":
      return `the other end closed: ${end.because}`;
    case "peer-spoke-nonsense":
      return `the other end spoke nonsense: ${end.problem}`;
  }
}
