import type { UserId } from "../ids.ts";

/** Twitch's own accounts that stand for whoever gives or cheers without their name: AnAnonymousGifter, AnAnonymousCheerer. */
const ANONYMOUS: ReadonlySet<string> = new Set(["274598607", "407665396"]);

export const isAnonymous = (user: { readonly id: UserId }): boolean => ANONYMOUS.has(user.id);
