/** The asking side of request and response with ids: each question ends in an answer, a deadline or a lost link. */
import type { Clock, Millis } from "../clock.ts";

export type Settled<Answer> =
  | { readonly is: "answered"; readonly answer: Answer }
  | { readonly is: "no-answer"; readonly because: "too-late" | "link-closed" };

export interface PendingRequests<Answer> {
  /** `send` gets the id to put into the request. `withinMs` undefined: for as long as the link stands. */
  ask(send: (id: number) => "sent" | "closed", withinMs: Millis | undefined): Promise<Settled<Answer>>;
  /** False: nobody waits for this id, any more or ever; the answer came too late, or is one of several. */
  settle(id: number, answer: Answer): boolean;
  linkClosed(): void;
}

export function makePendingRequests<Answer>(clock: Clock): PendingRequests<Answer> {
  const waiting = new Map<number, (settled: Settled<Answer>) => void>();
  let nextId = 1;
  const finish = (id: number, settled: Settled<Answer>): boolean => {
    const resolve = waiting.get(id);
    waiting.delete(id);
    resolve?.(settled);
    return resolve !== undefined;
  };
  return {
    ask(send, withinMs) {
      const id = nextId++;
      return new Promise((resolve) => {
        const tooLate = () => finish(id, { is: "no-answer", because: "too-late" });
        const cancel = withinMs === undefined ? () => {} : clock.after(withinMs, tooLate);
        waiting.set(id, (settled) => {
          cancel();
          resolve(settled);
        });
        if (send(id) === "closed") finish(id, { is: "no-answer", because: "link-closed" });
      });
    },
    settle: (id, answer) => finish(id, { is: "answered", answer }),
    linkClosed() {
      for (const id of [...waiting.keys()]) finish(id, { is: "no-answer", because: "link-closed" });
    },
  };
}
