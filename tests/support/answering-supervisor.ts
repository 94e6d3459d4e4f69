/** A supervisor's control socket without a house: answers each order as the test says, and remembers the orders. */
import { makeTrialHome } from "../../cli/trial/trial-home.ts";
import { type Home, prepareHome } from "../../shared/home.ts";
import { CliToSupervisor, type SupervisorOrder, type SupervisorToCli } from "../../shared/ipc/control.ts";
import { openHouseKey } from "../../shared/ipc/house-key.ts";
import { openOperatorSocket } from "./operator-socket.ts";

/** An answer without the id it is sent under. */
export type Reply = SupervisorToCli extends infer Answer
  ? Answer extends unknown
    ? Omit<Answer, "id">
    : never
  : never;

export interface AnsweringSupervisor {
  readonly home: Home;
  readonly orders: readonly SupervisorOrder[];
  /** As when it is killed: the home stays. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  remove(): Promise<void>;
}

export async function openAnsweringSupervisor(
  answer: (order: SupervisorOrder) => Reply,
): Promise<AnsweringSupervisor> {
  const trial = makeTrialHome(process.env);
  const { home } = trial;
  prepareHome(home);
  const houseKey = openHouseKey(home.houseKeyFile);
  const orders: SupervisorOrder[] = [];
  const open = () =>
    openOperatorSocket<CliToSupervisor, object>(
      home.supervisorSocket,
      houseKey,
      CliToSupervisor,
      ({ id, order }, link) => {
        orders.push(order);
        link.send({ ...answer(order), id });
      },
    );
  let server: Awaited<ReturnType<typeof open>> | undefined = await open();
  const leave = async () => {
    await server?.close();
    server = undefined;
  };
  return {
    home,
    orders,
    leave,
    async comeBack() {
      server = await open();
    },
    async remove() {
      await leave();
      trial.remove();
    },
  };
}
