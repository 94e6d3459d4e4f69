/** Something EventSub tells about, before anyone is known who wants to hear it. */
import type { Condition, Subscription } from "./subscription.ts";

export interface Notice {
  readonly type: string;
  readonly version: string;
  /** What the conditions of subscriptions are compared with: ids of whom and what it is about. */
  readonly about: Condition;
  readonly event: object;
}

/** A condition field left empty fits anything. */
export function isFor(subscription: Pick<Subscription, "type" | "condition">, notice: Notice): boolean {
  const { type, condition } = subscription;
  if (type.type !== notice.type || type.version !== notice.version) return false;
  return type.fits.every((field) => !condition[field] || condition[field] === notice.about[field]);
}
