/** What becomes of everything that EventSub tells: who hears of it, and what it means for the hub's own way to work. */
import type { ChildLife } from "../shared/ipc/child-life.ts";
import { topicRow } from "../shared/twitch/topics.ts";
import type { GapFill } from "./gap-fill/start-gap-fill.ts";
import type { EventSubParts } from "./open-eventsub.ts";
import type { Tellers } from "./open-tellers.ts";
import { isOnlyForProbe, type Probe } from "./proof/probe.ts";
import type { Router } from "./router.ts";
import type { WantedSubscription } from "./wanted-subscriptions.ts";

type Ears = Pick<
  EventSubParts,
  "onOpen" | "onRest" | "onNotification" | "onRefused" | "onLooked" | "onSettled" | "onTried" | "onTrouble"
>;

const DETAIL_MAX = 500;

/** `parts`: asked when something is heard, because some of them are made with EventSub in hand. */
export function hearEventSub(using: {
  readonly life: Pick<ChildLife, "reach" | "trouble"> & {
    readonly condition: Pick<ChildLife["condition"], "troubleBegins" | "troubleEnds">;
  };
  readonly router: Pick<Router, "route" | "findLink">;
  readonly wanted: () => readonly WantedSubscription[];
  readonly parts: () => {
    readonly tellers: Pick<Tellers, "look" | "lookAtChat" | "lookAtWaits" | "subscriptionsSeen">;
    readonly gapFill: Pick<GapFill, "outageBegins" | "afterOutage">;
    readonly probe: Pick<Probe, "hear" | "wanted">;
  };
}): Ears {
  const { life, router, wanted, parts } = using;
  /** A connection was opened: until its subscriptions stand, something may be missed. */
  let isGapPossible = false;
  /** What was missed was looked for, though some subscriptions were not to be had yet. */
  let isFilledInPart = false;
  return {
    onOpen() {
      isGapPossible = true;
      isFilledInPart = false;
      parts().gapFill.outageBegins();
      life.condition.troubleEnds("eventsub-away");
      life.reach("eventsub");
      parts().tellers.look();
    },
    onRest() {
      parts().gapFill.outageBegins();
      parts().tellers.look();
    },
    onNotification(notification) {
      const { probe } = parts();
      if (probe.hear(notification) || isOnlyForProbe(notification, probe.wanted(), wanted)) return;
      router.route(notification);
    },
    onRefused({ channelId, topic }, { code, problem }) {
      const channel = wanted().find((one) => one.channelId === channelId)?.channel;
      const link = channel === undefined ? undefined : router.findLink(channel);
      link?.send({ kind: "topic-refused", topic, code, detail: problem.slice(0, DETAIL_MAX) });
      const isHeardInChat = topicRow(topic).isToldInChat;
      if (!isHeardInChat) life.trouble(code, `${channel ?? channelId} ${topic}: ${problem}`);
    },
    onLooked: () => parts().tellers.subscriptionsSeen(),
    onSettled() {
      if (isGapPossible) parts().gapFill.afterOutage();
      isGapPossible = false;
      life.reach("ready");
      parts().tellers.lookAtWaits();
    },
    /** One that always fails keeps nobody else waiting; what is missed until it comes is looked for when it has come. */
    onTried(created) {
      const { gapFill, tellers } = parts();
      if (isGapPossible && (!isFilledInPart || created > 0)) {
        isFilledInPart = true;
        gapFill.afterOutage();
        gapFill.outageBegins();
      }
      life.reach("ready");
      tellers.lookAtWaits();
    },
    onTrouble(code, detail) {
      parts().tellers.lookAtChat();
      if (code === "eventsub-away") life.condition.troubleBegins(code, detail);
      else life.trouble(code, detail);
    },
  };
}
