/** What goes on in the channels of a simulated Twitch in a part of a day: no two parts are alike, so that nothing can be mistaken. */
import { follow, goLive, goOffline, subscribe, updateChannel } from "../../sim/world/operations.ts";
import type { World } from "../../sim/world/world.ts";

/** In parts: a stream lasts `live` of every `every`. */
const STREAMS = { every: 12, live: 8 } as const;
/** Who comes back does so after so many parts. */
const VIEWERS = 24;

export function livePart(world: World, channels: readonly string[], part: number): void {
  const viewer = world.addUser({ login: `viewer_${part % VIEWERS}` });
  for (const [at, login] of channels.entries()) {
    const channel = world.getChannel(login);
    // They begin and end in turn.
    const inStream = (part + at) % STREAMS.every;
    updateChannel(world, channel, { title: `part ${part}, before` });
    if (inStream === 0) goLive(world, channel);
    if (inStream === STREAMS.live && channel.stream) goOffline(world, channel);
    // Nobody is told of who leaves, and whose month runs out is told of by a topic that nobody asked for.
    channel.followers.delete(viewer.id);
    channel.subscribers.delete(viewer.id);
    follow(world, channel, viewer);
    subscribe(world, channel, viewer);
    updateChannel(world, channel, { title: `part ${part}, after` });
  }
}
