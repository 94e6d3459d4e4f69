/** A hub's control socket without a hub: orders are carried out by the hub's own hand, with the duties a test gives it. */
import { makeTrialHome } from "../../cli/trial/trial-home.ts";
import { carryOut, type OperatorDuties } from "../../hub/operator/carry-out.ts";
import { toHubStatus } from "../../hub/status.ts";
import { systemClock } from "../../shared/clock.ts";
import { type Home, prepareHome } from "../../shared/home.ts";
import { openHouseKey } from "../../shared/ipc/house-key.ts";
import { CliToHub, type HubToCli } from "../../shared/ipc/hub-control.ts";
import type { SocketServer } from "../../shared/ipc/socket-server.ts";
import { makeHubSources } from "./hub-sources.ts";
import { openOperatorSocket } from "./operator-socket.ts";
import { silentLog } from "./silent-log.ts";

export interface AnsweringHub {
  readonly home: Home;
  /** As when it is killed: the home stays. */
  leave(): Promise<void>;
  remove(): Promise<void>;
}

export async function openAnsweringHub(duties: Partial<OperatorDuties>): Promise<AnsweringHub> {
  const trial = makeTrialHome(process.env);
  const { home } = trial;
  prepareHome(home);
  const all: OperatorDuties = { ...idleDuties, ...duties };
  let server: SocketServer | undefined = await openOperatorSocket<CliToHub, HubToCli>(
    home.hubSocket,
    openHouseKey(home.houseKeyFile),
    CliToHub,
    (message, link) => carryOut(message, link, all),
  );
  const leave = async () => {
    await server?.close();
    server = undefined;
  };
  return {
    home,
    leave,
    async remove() {
      await leave();
      trial.remove();
    },
  };
}

const nobody = () => Promise.resolve({ is: "refused", because: "nobody has a login here" } as const);

/** Of a hub that nobody wants anything of. */
const idleDuties: OperatorDuties = {
  status: () => toHubStatus(makeHubSources({ channels: 0, topics: [], connections: [] })),
  own: () => ({ cpuShare: 0, lagP99Ms: 0, pssKb: undefined }),
  subscriptions: () => ({ rows: [], totals: undefined }),
  resync: () => Promise.resolve({ created: 0, deleted: 0, refused: 0, tookMs: 0, problem: undefined }),
  settled: () => ({ there: 0, of: 0 }),
  renew: () => Promise.resolve({ is: "refused", because: "no connection is open" }),
  drain: { state: () => undefined, begin: () => Promise.resolve({ left: 0 }), end() {}, stop() {} },
  findObstacle: () => undefined,
  logins: { take: nobody, refresh: nobody, forget: nobody },
  feed: { isWatched: () => false, pass() {}, follow() {}, shown() {} },
  clock: systemClock,
  log: silentLog,
};
