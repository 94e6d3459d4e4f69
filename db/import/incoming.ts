/** What another installation brings, already in our terms, and what of it stays behind. */
import type { Login } from "../../shared/ids.ts";
import type { NewTokens } from "../accounts.ts";
import type { GameToStore } from "../game-cache.ts";
import type { Personality } from "../personalities.ts";
import type { KnownUser } from "../user-directory.ts";

export interface Incoming {
  readonly users: readonly KnownUser[];
  readonly tokens: readonly NewTokens[];
  readonly whitelist: readonly {
    readonly login: Login;
    readonly isEnabled: boolean;
    readonly addedBy: string;
  }[];
  readonly banwords: readonly { readonly channel: Login; readonly word: string; readonly addedBy: string }[];
  readonly personalities: readonly Personality[];
  readonly games: readonly GameToStore[];
  readonly left: readonly LeftBehind[];
}

export interface LeftBehind {
  readonly what: string;
  readonly count: number;
  /** Why, and what to do where something can be done. */
  readonly because: string;
}

export const NOTHING_INCOMING: Incoming = {
  users: [],
  tokens: [],
  whitelist: [],
  banwords: [],
  personalities: [],
  games: [],
  left: [],
};

/** Collects what stays behind: one line for each kind and reason. */
export function makeLeftBehind(): {
  add(what: string, because: string, count?: number): void;
  all(): readonly LeftBehind[];
} {
  const lines = new Map<string, { what: string; because: string; count: number }>();
  return {
    add(what, because, count = 1) {
      const key = `${what}\n${because}`;
      const line = lines.get(key) ?? { what, because, count: 0 };
      line.count += count;
      lines.set(key, line);
    },
    all: () => [...lines.values()],
  };
}
