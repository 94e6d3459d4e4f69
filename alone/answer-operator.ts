/** The door at which `kissbot.sh status` asks how this worker is. */
import { rmSync } from "node:fs";
import type { Clock } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import { CONTROL_VERSION } from "../shared/ipc/control-words.ts";
import { openHouseKey } from "../shared/ipc/house-key.ts";
import { openLeanServer } from "../shared/ipc/lean-server.ts";
import { CliToLone, type LoneStatus, type LoneToCli } from "../shared/ipc/lone-control.ts";
import { talkWithOperator } from "../shared/ipc/operator-talk.ts";
import { receiveStranger } from "../shared/ipc/reception.ts";
import type { Logger } from "../shared/log.ts";

/** Somebody who looks, and somebody who looks again and again. */
const CONNECTIONS_MAX = 8;

export async function answerOperator(using: {
  readonly home: Pick<Home, "loneSocket" | "houseKeyFile">;
  readonly status: () => LoneStatus;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<{ readonly close: () => void }> {
  const { home, clock, log } = using;
  const houseKey = openHouseKey(home.houseKeyFile);
  const server = await openLeanServer({
    path: home.loneSocket,
    connectionsMax: CONNECTIONS_MAX,
    log,
    onConnection: (wire) =>
      receiveStranger(
        wire,
        {
          control: {
            version: CONTROL_VERSION,
            begin: (its) =>
              talkWithOperator<CliToLone, LoneToCli>(its, CliToLone, {
                clock,
                log,
                houseKey,
                onRequest: ({ id }, link) =>
                  void link.send({ kind: "lone-status", id, status: using.status() }),
              }),
          },
        },
        { clock, log },
      ),
  });
  return {
    close() {
      server.close();
      rmSync(home.houseKeyFile, { force: true });
    },
  };
}
