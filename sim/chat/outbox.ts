/**
 * The way out of one connection. The faults of the simulated network act here and nowhere else: mute and drop lose
 * lines, delay holds them back. What goes out keeps its order, whatever the delay is changed to meanwhile.
 */
import type { FaultDesk } from "../fault-desk.ts";
import type { World } from "../world/world.ts";
import type { IrcWire } from "./irc-wire.ts";

export interface Outbox {
  /** False = lost on the way. */
  send(text: string): boolean;
  /** Closes after everything that waits. */
  finish(): void;
  /** Forgets what waits; the connection is gone. */
  drop(): void;
}

export function makeOutbox(using: {
  readonly world: World;
  readonly faults: FaultDesk;
  readonly wire: IrcWire;
}): Outbox {
  const { world, faults, wire } = using;
  /** First come, first gone: each leaves at its own instant or later, never before the one ahead of it. */
  const queue: { readonly at: number; act(): void }[] = [];
  let cancel = () => {};

  const pump = () => {
    for (let first = queue[0]; first && first.at <= world.clock.now(); first = queue[0]) {
      queue.shift();
      first.act();
    }
    const [next] = queue;
    if (next) cancel = world.clock.after(next.at - world.clock.now(), pump);
  };
  const inTurn = (act: () => void) => {
    const at = world.clock.now() + faults.delayMs("irc");
    queue.push({ at, act });
    if (queue.length === 1) pump();
  };

  return {
    send(text) {
      if (faults.isMute("irc")) return false;
      const share = faults.dropShare("irc");
      if (share > 0 && world.random.fraction() < share) return false;
      inTurn(() => wire.write(`${text}\r\n`));
      return true;
    },
    finish: () => inTurn(() => wire.close()),
    drop() {
      cancel();
      queue.length = 0;
    },
  };
}
