/** The hub's socket: workers come for events, tokens and permits, the operator comes to look. */
import type { Clock } from "../shared/clock.ts";
import { CONTROL_VERSION } from "../shared/ipc/control-words.ts";
import { makeFlushRounds } from "../shared/ipc/corked-writer.ts";
import type { HouseKey } from "../shared/ipc/house-key.ts";
import { CliToHub, type HubToCli } from "../shared/ipc/hub-control.ts";
import { HUB_WORKER_VERSION } from "../shared/ipc/hub-worker.ts";
import { talkWithOperator } from "../shared/ipc/operator-talk.ts";
import { receiveStranger } from "../shared/ipc/reception.ts";
import { openSocketServer, type SocketServer } from "../shared/ipc/socket-server.ts";
import type { Wire } from "../shared/ipc/wire.ts";
import type { Logger } from "../shared/log.ts";
import { carryOut, type OperatorDuties } from "./operator/carry-out.ts";
import { talkWithWorker, type WorkerDuties } from "./talk-with-worker.ts";

export interface HubDuties extends WorkerDuties {
  readonly operator: OperatorDuties;
}

export interface HubFrontDesk {
  readonly socket: string;
  readonly connectionsMax: number;
  readonly houseKey: HouseKey;
  readonly clock: Clock;
  readonly log: Logger;
  readonly duties: HubDuties;
}

export function openHubFrontDesk(desk: HubFrontDesk): Promise<SocketServer> {
  const { clock, log } = desk;
  return openSocketServer({
    path: desk.socket,
    connectionsMax: desk.connectionsMax,
    log,
    rounds: makeFlushRounds(clock),
    onConnection: (wire) =>
      receiveStranger(
        wire,
        {
          "hub-worker": { version: HUB_WORKER_VERSION, begin: (its) => talkWithWorker(its, desk) },
          control: { version: CONTROL_VERSION, begin: (its) => answerOperator(its, desk) },
        },
        { clock, log },
      ),
  });
}

function answerOperator(wire: Wire, { clock, log, houseKey, duties }: HubFrontDesk): void {
  talkWithOperator<CliToHub, HubToCli>(wire, CliToHub, {
    clock,
    log,
    houseKey,
    onRequest: (message, link) => carryOut(message, link, duties.operator),
  });
}
