/** Room 5. Afterwards true: every effect is exactly what will go out, addressed, harmless and short enough. */
import { type ErrorCode, viewerText } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Effect } from "../module.ts";
import type { Outcome } from "../outcome.ts";
import type { BoundOutput, Lane, Rendered } from "../output.ts";
import { say } from "../outputs/chat.ts";
import type { Signal } from "../signal.ts";
import type { Answered } from "./run.ts";
import type { OnceKey } from "./say-once.ts";

export interface Ready {
  readonly deliver: Extract<Rendered, { is: "rendered" }>["deliver"];
  /** Set for what must be said once only. */
  readonly once: OnceKey | undefined;
  /** Set where the module said how urgent it is. */
  readonly lane: Lane | undefined;
}
export interface RenderedAnswers {
  readonly ready: readonly Ready[];
  readonly verdict:
    | { readonly is: "answered" }
    | { readonly is: "failed"; readonly code: ErrorCode }
    | Extract<Outcome, { is: "refused" }>;
}

const FAILED: ErrorCode = "module-failed";

export function render(
  answered: readonly Answered[],
  signal: Signal,
  using: { readonly outputs: ReadonlyMap<string, BoundOutput>; readonly log: Logger },
): RenderedAnswers {
  const parts = answered.map((one) => renderOne(one, signal, using));
  const ready = parts.flatMap((part) => part.ready);
  const worst =
    parts.find((part) => part.verdict.is === "failed") ?? parts.find((part) => part.verdict.is === "refused");
  // One module that refuses an event does not undo what another answered.
  if (!worst || (worst.verdict.is === "refused" && ready.length > 0)) {
    return { ready, verdict: { is: "answered" } };
  }
  return { ready, verdict: worst.verdict };
}

type RenderTools = Parameters<typeof render>[2];

function renderOne(answered: Answered, signal: Signal, using: RenderTools): RenderedAnswers {
  if (answered.is === "failed") return apologise(signal, using);
  const { answer, module } = answered;
  if (answer.is === "refused") {
    return { ready: [], verdict: { is: "refused", because: answer.because } };
  }
  const ordered = answer.is === "effects" ? answer.effects : [];
  const rendered = ordered.map((one) => ({ one, became: renderEffect(one, signal, using) }));
  const wrong = rendered.map(({ became }) => became).find((became) => became.is === "wrong");
  if (wrong) {
    using.log.error({ module, problem: wrong.problem }, "a module ordered something no output understands");
    return apologise(signal, using);
  }
  return {
    ready: rendered.flatMap(({ one, became }) =>
      toReady(became, one.once === undefined ? undefined : { module, key: one.once }, one.lane),
    ),
    verdict: { is: "answered" },
  };
}

/** Whoever typed a command is told that it went wrong; an event has nobody to tell. */
function apologise(signal: Signal, using: RenderTools): RenderedAnswers {
  const text = signal.kind === "chat-message" ? viewerText(FAILED) : undefined;
  const sorry = text === undefined ? [] : [renderEffect(say({ text }), signal, using)];
  return {
    ready: sorry.flatMap((one) => toReady(one, undefined, undefined)),
    verdict: { is: "failed", code: FAILED },
  };
}

const toReady = (rendered: Rendered, once: Ready["once"], lane: Ready["lane"]): readonly Ready[] =>
  rendered.is === "rendered" ? [{ deliver: rendered.deliver, once, lane }] : [];

function renderEffect(effect: Effect, signal: Signal, using: RenderTools): Rendered {
  const output = using.outputs.get(effect.output);
  return output?.render(effect.payload, signal) ?? { is: "wrong", problem: `no output "${effect.output}"` };
}
