/** The cli's end of the control conversation: dial, say hello as the operator, ask, be answered in time. */
import type * as v from "valibot";
import type { Clock, Millis } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import { type SupervisorOrder, SupervisorToCli } from "../shared/ipc/control.ts";
import { CONTROL_VERSION } from "../shared/ipc/control-words.ts";
import { findHouseKey, makeCredential, OPERATOR } from "../shared/ipc/house-key.ts";
import { type HubOrder, HubToCli } from "../shared/ipc/hub-control.ts";
import { describeEnd, HOUSE_PULSE, openLink } from "../shared/ipc/link.ts";
import { type CliToLone, LoneToCli } from "../shared/ipc/lone-control.ts";
import { makePendingRequests } from "../shared/ipc/pending-requests.ts";
import { dialSocket } from "../shared/ipc/socket-client.ts";
import { ANSWER_BYTES_MAX } from "../shared/ipc/wire.ts";
import { silentLog } from "./silent-log.ts";

export type Dialled<Order, Answer> =
  | { readonly is: "open"; readonly control: ControlLink<Order, Answer> }
  | { readonly is: "away"; readonly problem: string };

export interface ControlLink<Order, Answer> {
  /** `withinMs` undefined: for as long as the other side lives. */
  ask(order: Order, withinMs: Millis | undefined): Promise<Asked<Answer>>;
  /** Something that is no question. */
  tell(message: object): void;
  /** Resolves with the reason when the other side has gone. */
  readonly closed: Promise<string>;
  close(): void;
}

export type Asked<Answer> =
  | { readonly is: "answered"; readonly answer: Answer }
  | { readonly is: "away"; readonly problem: string };

/** A process that lives answers within a moment, also on a machine that is busy starting a hundred others. */
export const DIAL_WITHIN_MS = 2_000;
export const ANSWER_WITHIN_MS = 5_000;

export const dialSupervisor = (home: Home, clock: Clock) =>
  dial<SupervisorOrder, SupervisorToCli>(home.supervisorSocket, SupervisorToCli, home, clock);

const dialLone = (home: Home, clock: Clock) =>
  dial<CliToLone["order"], LoneToCli>(home.loneSocket, LoneToCli, home, clock);

export const dialHub = (home: Home, clock: Clock, onNews?: (answer: HubToCli) => void) =>
  dial<HubOrder, HubToCli>(home.hubSocket, HubToCli, home, clock, onNews);

/** Said between a question and its answer. */
const UNDER_WAY: HubToCli["kind"] = "under-way";

/** `onNews`: what comes before the answer to a question, or after it. */
async function dial<
  Order extends { readonly do: string },
  Answer extends { readonly id: number; readonly kind: string },
>(
  socket: string,
  answers: v.GenericSchema<unknown, Answer>,
  home: Home,
  clock: Clock,
  onNews: (answer: Answer) => void = () => {},
): Promise<Dialled<Order, Answer>> {
  const key = findHouseKey(home.houseKeyFile);
  if (!key) return { is: "away", problem: `no house is open in ${home.folder}: there is no house key` };
  const dialled = await dialSocket(socket, DIAL_WITHIN_MS, ANSWER_BYTES_MAX);
  if (dialled.is === "refused") return { is: "away", problem: dialled.problem };

  const pending = makePendingRequests<Answer>(clock);
  let problem = "";
  const link = openLink<Answer, object>(dialled.wire, answers, {
    clock,
    log: silentLog,
    pulse: HOUSE_PULSE,
    onMessage(message) {
      if (message.kind === UNDER_WAY || !pending.settle(message.id, message)) onNews(message);
    },
  });
  const closed = link.closed.then((end) => {
    problem = describeEnd(end);
    pending.linkClosed();
    return problem;
  });
  link.send({
    kind: "hello",
    conversation: "control",
    version: CONTROL_VERSION,
    credential: makeCredential(key, OPERATOR),
  });
  return {
    is: "open",
    control: {
      async ask(order, withinMs) {
        const settled = await pending.ask((id) => link.send({ kind: "request", id, order }), withinMs);
        if (settled.is === "answered") return settled;
        const because = settled.because === "too-late" ? `no answer within ${withinMs} ms` : problem;
        return { is: "away", problem: because || "the link was closed" };
      },
      tell: (message) => void link.send(message),
      closed,
      close: () => link.close(),
    },
  };
}

/** One question, one answer, for verbs that ask nothing more. */
export async function askSupervisorStatus(home: Home, clock: Clock) {
  const dialled = await dialSupervisor(home, clock);
  if (dialled.is === "away") return dialled;
  const asked = await dialled.control.ask({ do: "status" }, ANSWER_WITHIN_MS);
  dialled.control.close();
  if (asked.is === "away") return asked;
  return asked.answer.kind === "status"
    ? { is: "answered" as const, status: asked.answer.status }
    : { is: "away" as const, problem: `it answered "${asked.answer.kind}" to "status"` };
}

export async function askLoneStatus(home: Home, clock: Clock) {
  const dialled = await dialLone(home, clock);
  if (dialled.is === "away") return dialled;
  const asked = await dialled.control.ask({ do: "status" }, ANSWER_WITHIN_MS);
  dialled.control.close();
  return asked.is === "away" ? asked : { is: "answered" as const, status: asked.answer.status };
}

export async function askHubStatus(home: Home, clock: Clock) {
  const dialled = await dialHub(home, clock);
  if (dialled.is === "away") return dialled;
  const asked = await dialled.control.ask({ do: "status" }, ANSWER_WITHIN_MS);
  dialled.control.close();
  if (asked.is === "away") return asked;
  return asked.answer.kind === "status"
    ? { is: "answered" as const, status: asked.answer.status }
    : { is: "away" as const, problem: `it answered "${asked.answer.kind}" to "status"` };
}
