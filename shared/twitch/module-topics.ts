/**
 * Which topics each module wants, by its settings: what a login must be asked for is known before any worker runs, and
 * without loading one. A rule compares this table with the modules themselves.
 */
import * as v from "valibot";
import type { ModuleSettings } from "../config/modules.ts";
import type { Topic } from "./topics.ts";

interface ModuleTopics {
  readonly always: readonly Topic[];
  /** By the name of a part of its settings: wanted when that says `enabled: true`. */
  readonly whenEnabled?: Readonly<Record<string, Topic>>;
}

export const moduleTopics: Readonly<Record<string, ModuleTopics>> = {
  announcements: { always: ["stream.online", "stream.offline", "channel.update"] },
  alerts: {
    always: [],
    whenEnabled: {
      follow: "channel.follow",
      subscription: "channel.subscribe",
      resubscription: "channel.subscription.message",
      gift: "channel.subscription.gift",
      cheer: "channel.cheer",
      raid: "channel.raid",
      redemption: "channel.channel_points_custom_reward_redemption.add",
      hype_train_begin: "channel.hype_train.begin",
      hype_train_end: "channel.hype_train.end",
      poll_begin: "channel.poll.begin",
      poll_end: "channel.poll.end",
      prediction_begin: "channel.prediction.begin",
      prediction_end: "channel.prediction.end",
      ad_break: "channel.ad_break.begin",
      shoutout_received: "channel.shoutout.receive",
    },
  },
};

const Switched = v.object({ enabled: v.literal(true) });

export interface WantedByModule {
  readonly topic: Topic;
  readonly module: string;
}

/** Pure. Settings that are wrong want nothing: that module sleeps. */
export function topicsOfModules(settings: ModuleSettings): readonly WantedByModule[] {
  return Object.entries(moduleTopics).flatMap(([module, { always, whenEnabled = {} }]) => {
    const switched = Object.entries(whenEnabled).flatMap(([part, topic]) =>
      v.is(Switched, settings[module]?.[part]) ? [topic] : [],
    );
    return [...new Set([...always, ...switched])].map((topic) => ({ topic, module }));
  });
}
