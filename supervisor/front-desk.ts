/** The supervisor's socket: children come to say how they are, the cli comes to ask and to order. */
import type { Clock } from "../shared/clock.ts";
import type { ChildId } from "../shared/ids.ts";
import {
  type ChannelWish,
  CliToSupervisor,
  type SupervisorStatus,
  type SupervisorToCli,
} from "../shared/ipc/control.ts";
import { CONTROL_VERSION } from "../shared/ipc/control-words.ts";
import { childIdentity, type HouseKey, isCredential } from "../shared/ipc/house-key.ts";
import { HOUSE_PULSE, type Link, openLink } from "../shared/ipc/link.ts";
import { talkWithOperator } from "../shared/ipc/operator-talk.ts";
import { receiveStranger } from "../shared/ipc/reception.ts";
import { openSocketServer, type SocketServer } from "../shared/ipc/socket-server.ts";
import {
  ChildToSupervisor,
  SUPERVISOR_CHILD_VERSION,
  type SupervisorToChild,
} from "../shared/ipc/supervisor-child.ts";
import type { Wire } from "../shared/ipc/wire.ts";
import type { Logger } from "../shared/log.ts";
import type { ExecutableOrder, Executed } from "./orders.ts";

export interface FrontDeskDuties {
  /** False when this is not the process we spawned last under that id. */
  readonly childSaidHello: (childId: ChildId, spawnId: string, link: Link<SupervisorToChild>) => boolean;
  readonly childSaid: (
    childId: ChildId,
    spawnId: string,
    message: Exclude<ChildToSupervisor, { kind: "hello" }>,
  ) => void;
  readonly status: () => Promise<SupervisorStatus>;
  readonly channels: () => readonly ChannelWish[];
  readonly execute: (order: ExecutableOrder) => Promise<Executed>;
  /** Resolves when all children have gone. */
  readonly stop: () => Promise<{ readonly hadToKill: readonly ChildId[] }>;
}

export function openFrontDesk(using: {
  readonly socket: string;
  readonly connectionsMax: number;
  readonly houseKey: HouseKey;
  readonly clock: Clock;
  readonly log: Logger;
  readonly duties: FrontDeskDuties;
}): Promise<SocketServer> {
  const { clock, log } = using;
  return openSocketServer({
    path: using.socket,
    connectionsMax: using.connectionsMax,
    log,
    onConnection: (wire) =>
      receiveStranger(
        wire,
        {
          "supervisor-child": {
            version: SUPERVISOR_CHILD_VERSION,
            begin: (its) => talkWithChild(its, using),
          },
          control: { version: CONTROL_VERSION, begin: (its) => answerOperator(its, using) },
        },
        { clock, log },
      ),
  });
}

type Desk = Parameters<typeof openFrontDesk>[0];

function talkWithChild(wire: Wire, { clock, log, houseKey, duties }: Desk): void {
  let peer: { readonly childId: ChildId; readonly spawnId: string } | undefined;
  openLink<ChildToSupervisor, SupervisorToChild>(wire, ChildToSupervisor, {
    clock,
    log,
    pulse: HOUSE_PULSE,
    onMessage(message, link) {
      if (message.kind !== "hello") {
        if (peer) duties.childSaid(peer.childId, peer.spawnId, message);
        return;
      }
      const { childId, spawnId, credential, stage } = message;
      if (!isCredential(houseKey, childIdentity(childId, spawnId), credential)) {
        log.warn({ who: childId }, "a child with a wrong credential was refused");
        return link.close("wrong credential");
      }
      if (!duties.childSaidHello(childId, spawnId, link)) {
        link.send({ kind: "please-stop", because: "another process has taken this place" });
        return;
      }
      peer = { childId, spawnId };
      link.send({ kind: "welcome", version: SUPERVISOR_CHILD_VERSION });
      duties.childSaid(childId, spawnId, { kind: "stage", stage });
    },
  });
}

function answerOperator(wire: Wire, { clock, log, houseKey, duties }: Desk): void {
  talkWithOperator<CliToSupervisor, SupervisorToCli>(wire, CliToSupervisor, {
    clock,
    log,
    houseKey,
    onRequest({ id, order }, link) {
      switch (order.do) {
        case "status":
          void duties.status().then((status) => link.send({ kind: "status", id, status }));
          return;
        case "list-channels":
          link.send({ kind: "channels", id, channels: [...duties.channels()] });
          return;
        case "stop":
          log.info("an operator asked to stop");
          void duties
            .stop()
            .then(({ hadToKill }) => link.send({ kind: "stopped", id, hadToKill: [...hadToKill] }));
          return;
        default:
          void duties.execute(order).then((executed) => link.send(toAnswer(id, executed)));
      }
    },
  });
}

function toAnswer(id: number, executed: Executed): SupervisorToCli {
  if (executed.is === "refused") return { kind: "refused", id, because: executed.because };
  return { kind: "done", id, lines: [...executed.lines], pid: executed.pid };
}
