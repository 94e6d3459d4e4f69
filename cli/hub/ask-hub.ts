/** The cli's talk with the hub: one question and its answer, or events until somebody stops looking. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";
import type { HubOrder, HubToCli, PassingEvent } from "../../shared/ipc/hub-control.ts";
import { ANSWER_WITHIN_MS, type ControlLink, dialHub } from "../control-link.ts";

type Kind = HubToCli["kind"];
export type HubAnswer<K extends Kind> = Extract<HubToCli, { kind: K }>;

export type AskedHub<K extends Kind> =
  | { readonly is: "answered"; readonly answer: HubAnswer<K> }
  | { readonly is: "refused"; readonly because: string }
  | { readonly is: "away"; readonly problem: string };

/**
 * Within which the hub must answer. What goes by Twitch's pace takes as long as there are subscriptions: the link finds
 * out by itself when the hub no longer lives, and until then the hub says how far it is.
 */
function patienceFor(order: HubOrder["do"]): Millis | undefined {
  switch (order) {
    case "resync":
    case "restart":
      return undefined;
    case "drain":
      return 30_000;
    default:
      return ANSWER_WITHIN_MS;
  }
}

export async function askHub<K extends Kind>(
  order: HubOrder,
  expects: K,
  using: {
    readonly home: Home;
    readonly clock: Clock;
    /** How far the hub is with what takes long. */
    readonly onUnderWay?: (line: string) => void;
  },
): Promise<AskedHub<K>> {
  const dialled = await dialHub(using.home, using.clock, (news) => {
    if (news.kind === "under-way") using.onUnderWay?.(news.line);
  });
  if (dialled.is === "away") return dialled;
  const asked = await dialled.control.ask(order, patienceFor(order.do));
  dialled.control.close();
  return asked.is === "away" ? asked : toAsked(order, asked.answer, expects);
}

function toAsked<K extends Kind>(order: HubOrder, answer: HubToCli, expects: K): AskedHub<K> {
  if (isOf(answer, expects)) return { is: "answered", answer };
  if (answer.kind === "refused") return { is: "refused", because: answer.because };
  return { is: "away", problem: `it answered "${answer.kind}" to "${order.do}"` };
}

const isOf = <K extends Kind>(answer: HubToCli, kind: K): answer is HubAnswer<K> => answer.kind === kind;

/** Resolves when `stopping` is aborted, or with the reason when the hub can't be followed any more. */
export async function followHub(
  order: Extract<HubOrder, { do: "follow-events" }>,
  using: {
    readonly home: Home;
    readonly clock: Clock;
    readonly stopping: AbortSignal;
    readonly onEvent: (event: PassingEvent, missed: number) => void;
    readonly onOpen: () => void;
  },
): Promise<{ readonly is: "stopped" } | { readonly is: "away"; readonly problem: string }> {
  let control: ControlLink<HubOrder, HubToCli> | undefined;
  const dialled = await dialHub(using.home, using.clock, (answer) => {
    if (answer.kind !== "event") return;
    using.onEvent(answer.event, answer.missed);
    control?.tell({ kind: "shown", id: answer.id, count: 1 });
  });
  if (dialled.is === "away") return dialled;
  control = dialled.control;
  const asked = await control.ask(order, ANSWER_WITHIN_MS);
  if (asked.is === "away") return asked;
  using.onOpen();
  const stopped = new Promise<undefined>((resolve) => {
    if (using.stopping.aborted) resolve(undefined);
    using.stopping.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const problem = await Promise.race([stopped, control.closed]);
  control.close();
  return problem === undefined ? { is: "stopped" } : { is: "away", problem };
}
