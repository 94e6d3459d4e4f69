/** What IRC must remember of a channel to word the next happening: a ROOMSTATE says only what changed. */
import type { Channel, ChatSettings } from "../world/world.ts";

export interface RoomMemory {
  /** Someone is looking from now on. */
  watch(channel: Channel): void;
  /** The settings as last told; from now on those of today are. */
  takeSettingsBefore(channel: Channel): ChatSettings;
  /** How many subscriptions this user gave in this channel, these ones counted. */
  addGifts(channel: Channel, userId: string, count: number): number;
}

export function makeRoomMemory(): RoomMemory {
  const settings = new Map<string, ChatSettings>();
  const gifts = new Map<string, number>();
  return {
    watch(channel) {
      if (!settings.has(channel.owner.id)) settings.set(channel.owner.id, { ...channel.settings });
    },
    takeSettingsBefore(channel) {
      const before = settings.get(channel.owner.id) ?? { ...channel.settings };
      settings.set(channel.owner.id, { ...channel.settings });
      return before;
    },
    addGifts(channel, userId, count) {
      const key = `${channel.owner.id} ${userId}`;
      const total = (gifts.get(key) ?? 0) + count;
      gifts.set(key, total);
      return total;
    },
  };
}
