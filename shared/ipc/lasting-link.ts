/**
 * A client's link that comes back: dials, says hello, and after every end rests (growing, jittered) and dials
 * again until stopped. Named modes: `dialling` → `open` → `resting` → `dialling`…, and `stopped`.
 */
import type * as v from "valibot";
import { type Backoff, restMs } from "../backoff.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Logger } from "../log.ts";
import { describeEnd, type Link, type LinkEnd, openLink, type Pulse } from "./link.ts";
import { type Dialled, dialSocket } from "./socket-client.ts";

export interface LastingLink<Out> {
  /** "closed" while there is no connection: the caller says it again when `onOpen` tells that there is one. */
  send(message: Out): "sent" | "closed";
  isOpen(): boolean;
  stop(): void;
}

export const HOUSE_BACKOFF: Backoff = { first: 250, longest: 5_000, jitter: 0.75 };
const DIAL_WITHIN_MS = 5_000;
/** A link that stood this long was a good one: the next fall starts with short rests again. */
const GOOD_LINK_MS = 10_000;

export function startLastingLink<In, Out extends object>(using: {
  readonly name: string;
  readonly path: string;
  readonly incoming: v.GenericSchema<unknown, In>;
  /** The first message of every connection; asked anew each time, because what to resume from changes. */
  readonly hello: () => Out;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly pulse: Pulse;
  readonly backoff?: Backoff;
  readonly dial?: (path: string, withinMs: number) => Promise<Dialled>;
  readonly onOpen?: () => void;
  /** How each try to dial went, and when it began. */
  readonly onDialled?: (dialled: Dialled, beganAt: Millis) => void;
  readonly onMessage: (message: In) => void;
  readonly onEnd?: (end: LinkEnd) => void;
  /** The next dial comes in so long. */
  readonly onRest?: (because: string, forMs: Millis) => void;
}): LastingLink<Out> {
  const { clock, log, name } = using;
  const dial = using.dial ?? dialSocket;
  const backoff = using.backoff ?? HOUSE_BACKOFF;
  let link: Link<Out> | undefined;
  let isStopped = false;
  let failures = 0;
  let cancelRest = () => {};

  const rest = (because: string) => {
    if (isStopped) return;
    failures += 1;
    const forMs = restMs(backoff, failures, using.random());
    log.info({ link: name, because, forMs }, "link rests");
    using.onRest?.(because, forMs);
    cancelRest = clock.after(forMs, connect);
  };
  const connect = async () => {
    const beganAt = clock.now();
    const dialled = await dial(using.path, DIAL_WITHIN_MS);
    using.onDialled?.(dialled, beganAt);
    if (dialled.is === "refused") return rest(dialled.problem);
    if (isStopped) return dialled.wire.close();
    const openedAt = clock.now();
    const opened = openLink<In, Out>(dialled.wire, using.incoming, {
      clock,
      log,
      pulse: using.pulse,
      onMessage: (message) => using.onMessage(message),
    });
    link = opened;
    opened.send(using.hello());
    log.info({ link: name }, "link open");
    using.onOpen?.();
    const end = await opened.closed;
    link = undefined;
    if (clock.now() - openedAt >= GOOD_LINK_MS) failures = 0;
    using.onEnd?.(end);
    rest(describeEnd(end));
  };
  void connect();

  return {
    send: (message) => link?.send(message) ?? "closed",
    isOpen: () => link !== undefined,
    stop() {
      isStopped = true;
      cancelRest();
      link?.close();
    },
  };
}
