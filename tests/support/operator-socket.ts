/** A process's control socket without the process: whoever says hello as the operator is heard. */
import type * as v from "valibot";
import { systemClock } from "../../shared/clock.ts";
import { CONTROL_VERSION } from "../../shared/ipc/control-words.ts";
import type { HouseKey } from "../../shared/ipc/house-key.ts";
import type { Link } from "../../shared/ipc/link.ts";
import { talkWithOperator } from "../../shared/ipc/operator-talk.ts";
import { receiveStranger } from "../../shared/ipc/reception.ts";
import { openSocketServer, type SocketServer } from "../../shared/ipc/socket-server.ts";
import { silentLog } from "./silent-log.ts";

export function openOperatorSocket<Request extends { readonly kind: string }, Answer extends object>(
  path: string,
  houseKey: HouseKey,
  requests: v.GenericSchema<unknown, Request>,
  onRequest: (request: Request, link: Link<Answer>) => void,
): Promise<SocketServer> {
  const using = { clock: systemClock, log: silentLog };
  return openSocketServer({
    path,
    connectionsMax: 8,
    log: silentLog,
    onConnection: (wire) =>
      receiveStranger(
        wire,
        {
          control: {
            version: CONTROL_VERSION,
            begin: (its) =>
              talkWithOperator<Request, Answer>(its, requests, { ...using, houseKey, onRequest }),
          },
        },
        using,
      ),
  });
}
