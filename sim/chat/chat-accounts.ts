/**
 * What the chat service remembers of each account, over all its connections and Helix. Not part of the world:
 * these are the chat's own counters, and nobody but the chat's own files reads them.
 */
import type { User, World } from "../world/world.ts";
import {
  AUTHS_PLAIN,
  AUTHS_VERIFIED,
  JOINS_PLAIN,
  JOINS_VERIFIED,
  NO_HISTORY,
  type SendHistory,
  stepRate,
} from "./rules.ts";

export interface ChatAccount {
  sending: SendHistory;
  joinsAt: readonly number[];
  authsAt: readonly number[];
  /** What was over a limit: Twitch says little about it, or nothing. */
  overLimit: { readonly messages: number; readonly joins: number; readonly auths: number };
  /** By broadcaster id: the last line delivered there. No entry = never spoke there. */
  readonly lastLines: Map<string, { readonly at: number; readonly text: string }>;
}

const accountsOfWorld = new WeakMap<World, Map<string, ChatAccount>>();

export function getChatAccount(world: World, userId: string): ChatAccount {
  const accounts = accountsOfWorld.get(world) ?? new Map<string, ChatAccount>();
  accountsOfWorld.set(world, accounts);
  const account = accounts.get(userId) ?? {
    sending: NO_HISTORY,
    joinsAt: [],
    authsAt: [],
    overLimit: { messages: 0, joins: 0, auths: 0 },
    lastLines: new Map(),
  };
  accounts.set(userId, account);
  return account;
}

export function countOverLimit(account: ChatAccount, what: keyof ChatAccount["overLimit"]): void {
  account.overLimit = { ...account.overLimit, [what]: account.overLimit[what] + 1 };
}

/** False = over the limit. */
export function takeAuth(world: World, user: User): boolean {
  const account = getChatAccount(world, user.id);
  const step = stepRate(
    account.authsAt,
    world.clock.now(),
    user.isVerifiedBot ? AUTHS_VERIFIED : AUTHS_PLAIN,
  );
  account.authsAt = step.taken;
  if (!step.isAllowed) countOverLimit(account, "auths");
  return step.isAllowed;
}

/** False = over the limit. */
export function takeJoin(world: World, user: User): boolean {
  const account = getChatAccount(world, user.id);
  const step = stepRate(
    account.joinsAt,
    world.clock.now(),
    user.isVerifiedBot ? JOINS_VERIFIED : JOINS_PLAIN,
  );
  account.joinsAt = step.taken;
  if (!step.isAllowed) countOverLimit(account, "joins");
  return step.isAllowed;
}
