/**
 * `auto` with a client secret: a conduit, and a WebSocket when no conduit is to be had. A secret that is wrong, or a
 * client id that other installations have used up, must not leave a house without events that it could have; what
 * may be a bad minute of Twitch's is waited out first (`conduit-transport.ts`). Decided once for the life of this hub:
 * going back and forth would lose events each time.
 */
import type { Logger } from "../../shared/log.ts";
import type { EventSubTransport } from "./transport.ts";

export function makeFallingBackTransport(using: {
  readonly preferred: (onHopeless: (because: string) => void) => EventSubTransport;
  readonly otherwise: () => EventSubTransport;
  readonly log: Logger;
}): EventSubTransport {
  let fellBecause: string | undefined;
  let hasBegun = false;
  let wanted = 0;
  let isPaused = false;

  const fallBack = (because: string) => {
    if (fellBecause !== undefined) return;
    fellBecause = because;
    using.log.error(
      { because },
      "no conduit is to be had: events come over a WebSocket with the bot's token",
    );
    current.stop();
    current = using.otherwise();
    if (isPaused) current.pause();
    if (hasBegun) current.begin();
    current.need(wanted);
  };
  let current = using.preferred(fallBack);

  return {
    get kind() {
      return current.kind;
    },
    begin() {
      hasBegun = true;
      current.begin();
    },
    need(count) {
      wanted = count;
      current.need(count);
    },
    carriers: () => current.carriers(),
    letGo: (carrierId) => current.letGo(carrierId),
    inspect: (listed) => current.inspect(listed),
    renew: () => current.renew(),
    pause() {
      isPaused = true;
      current.pause();
    },
    resume() {
      isPaused = false;
      current.resume();
    },
    state() {
      const state = current.state();
      return fellBecause === undefined
        ? state
        : { ...state, problem: state.problem ?? `in place of a conduit: ${fellBecause}` };
    },
    stop: () => current.stop(),
  };
}
