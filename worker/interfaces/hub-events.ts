/** The door EventSub comes in by: the hub's event → our signal. */
import type { Millis } from "../../shared/clock.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { HubEvent } from "../../shared/ipc/hub-worker.ts";
import type { StreamSignal } from "../signal.ts";

export function toStreamSignal(
  event: HubEvent,
  using: { readonly channelId: ChannelId; readonly arrivedAt: Millis; readonly wall: Millis },
): StreamSignal {
  const at = Date.parse(event.at);
  return {
    kind: "stream-event",
    id: event.id,
    channelId: using.channelId,
    at: Number.isNaN(at) ? using.wall : at,
    arrivedAt: using.arrivedAt,
    body: event.body,
  };
}
