/**
 * While a subscription moves from one session to another both deliver it for a moment, each copy under a message id
 * of its own. This pairs the copies: same type, same content, stamped by Twitch at about the same time, from two
 * different connections. What happened twice comes twice on each of them and so is not taken for a copy.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Notification } from "./parse-frame.ts";

export interface Overlap {
  /** False for the second copy. */
  isFirst(connection: number, notification: Notification): boolean;
  /** Copies still waited for. */
  waiting(): number;
}

/** Twitch stamps both copies as it sends them. */
const STAMPS_APART_MAX_MS: Millis = 2_000;
/** A copy that has not come by then never will: there was only one. */
export const WAITED_FOR_MS: Millis = 30_000;

interface Single {
  readonly connection: number;
  readonly stampedAt: Millis;
  readonly heardAt: Millis;
}

export function makeOverlap(clock: Clock): Overlap {
  const singles = new Map<string, Single[]>();
  /** In the order they were heard: what to forget first. */
  let heard: { readonly key: string; readonly at: Millis }[] = [];

  const forgetOld = () => {
    const oldest = clock.now() - WAITED_FOR_MS;
    if ((heard[0]?.at ?? clock.now()) > oldest) return;
    const fresh = heard.findIndex(({ at }) => at > oldest);
    const old = heard.slice(0, fresh === -1 ? heard.length : fresh);
    heard = heard.slice(old.length);
    for (const { key } of old) {
      const left = (singles.get(key) ?? []).filter(({ heardAt }) => heardAt > oldest);
      if (left.length === 0) singles.delete(key);
      else singles.set(key, left);
    }
  };
  return {
    isFirst(connection, notification) {
      forgetOld();
      const key = `${notification.type} ${JSON.stringify(notification.event)}`;
      const stampedAt = Date.parse(notification.at);
      const alike = singles.get(key) ?? [];
      const copy = alike.find(
        (one) => one.connection !== connection && Math.abs(one.stampedAt - stampedAt) <= STAMPS_APART_MAX_MS,
      );
      if (copy) {
        const left = alike.filter((one) => one !== copy);
        if (left.length === 0) singles.delete(key);
        else singles.set(key, left);
        return false;
      }
      singles.set(key, [...alike, { connection, stampedAt, heardAt: clock.now() }]);
      heard.push({ key, at: clock.now() });
      return true;
    },
    waiting: () => singles.size,
  };
}
