/** What becomes of an event on its way into the pipeline: the line of chat it brings, itself, and what else it tells. */
import type { Clock } from "../shared/clock.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { HandleEvent } from "./hub-desk.ts";
import { toEventSignals } from "./interfaces/hub-events.ts";
import type { OpenedChat } from "./open-chat.ts";
import { isLeftUndone } from "./outcome.ts";
import type { Pipeline } from "./pipeline.ts";
import type { EventSignal } from "./signal.ts";

export function hearEvents(using: {
  readonly channelId: ChannelId;
  readonly door: Pick<OpenedChat, "hear">;
  /** Some module listens for it. */
  readonly isAskedFor: (signal: EventSignal) => boolean;
  readonly bringIn: Pipeline["bringIn"];
  readonly clock: Clock;
}): HandleEvent {
  const { channelId, door, isAskedFor, clock } = using;
  return async (event) => {
    const now = { channelId, arrivedAt: clock.now(), wall: clock.wall() };
    const [itself, ...besides] = toEventSignals(event, now);
    const line = door.hear(event, now);
    // A line of chat is an event of its own only for modules that ask for it.
    const own = line === undefined || isAskedFor(itself) ? [itself] : [];
    const signals = [...(line ? [line] : []), ...own, ...besides.filter(isAskedFor)];
    const outcomes = await Promise.all(signals.map(using.bringIn));
    return outcomes.some(isLeftUndone) ? "left-undone" : "dealt-with";
  };
}
