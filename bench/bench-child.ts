/** A process beside the bench's own, asked over Node's own channel. Both ends are of this checkout: their words are trusted. */
import { fork } from "node:child_process";
import { resolve } from "node:path";

export interface BenchChild<Orders> {
  readonly pid: number;
  ask<Name extends keyof Orders & string>(
    name: Name,
    given: GivenTo<Orders[Name]>,
  ): Promise<ResultOf<Orders[Name]>>;
  stop(): Promise<void>;
}

type GivenTo<Order> = Order extends (given: infer Given) => unknown ? Given : never;
type ResultOf<Order> = Order extends (given: never) => infer Result ? Awaited<Result> : never;

interface Asked {
  readonly number: number;
  readonly name: string;
  readonly given: unknown;
}
type Answered =
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly problem: string };

/** `file`: beside this one, or with its whole path. `Orders`: what `answerOrders` was given there. */
export function startBenchChild<Orders>(
  file: string,
  using: { readonly nodeFlags?: readonly string[]; readonly onNews?: (news: number) => void } = {},
): BenchChild<Orders> {
  const child = fork(resolve(import.meta.dirname, file), { execArgv: [...(using.nodeFlags ?? [])] });
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (problem: Error) => void }>();
  let lastNumber = 0;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended`));
  });
  child.on("message", (message) => {
    if (typeof message === "number") return using.onNews?.(message);
    const answered = message as Answered;
    const asker = waiting.get(answered.number);
    waiting.delete(answered.number);
    if ("problem" in answered) asker?.reject(new Error(answered.problem));
    else asker?.resolve(answered.result as never);
  });
  return {
    pid: child.pid ?? 0,
    ask: (name, given) =>
      new Promise((resolve, reject) => {
        lastNumber += 1;
        waiting.set(lastNumber, { resolve, reject });
        const asked: Asked = { number: lastNumber, name, given };
        child.send(asked);
      }),
    stop() {
      if (child.connected) child.disconnect();
      // One that a test has stopped hears nothing until it goes on.
      child.kill("SIGCONT");
      return exited;
    },
  };
}

/** The child's end. It ends when the bench has gone. */
export function answerOrders(orders: Readonly<Record<string, (given: never) => unknown>>): void {
  process.on("message", async (message) => {
    const { number, name, given } = message as Asked;
    const answer = (answered: Answered) => process.send?.(answered);
    try {
      answer({ number, result: await orders[name]?.(given as never) });
    } catch (problem) {
      answer({ number, problem: String(problem) });
    }
  });
  process.on("disconnect", () => process.exit(0));
}

/** A number that was not asked for. */
export const tellNews = (news: number): void => void process.send?.(news);

/** One clock for all processes of this machine. */
export const nowNanos = (): bigint => process.hrtime.bigint();
