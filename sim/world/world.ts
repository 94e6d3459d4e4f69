/**
 * The simulated Twitch as plain state: people, their channels, applications and tokens. One object, in memory,
 * seeded. Rules about who may do what live with the door or the endpoint that enforces them (chat rules in
 * `sim/chat/rules.ts`, Helix permissions in `sim/helix`); here only the facts change, and each change is announced.
 */
import type { SimClock } from "../clock.ts";
import type { Random } from "../random.ts";
import { type Game, makeGames } from "./games.ts";
import type { Happening, Tier } from "./happening.ts";

export interface User {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  /** `#RRGGBB`, or empty when the user never chose one. */
  readonly color: string;
  readonly description: string;
  readonly createdAt: number;
  /** Verified bots have larger chat limits (7500 messages per 30 s; 2000 joins and auths per 10 s). */
  readonly isVerifiedBot: boolean;
}

export interface Stream {
  readonly id: string;
  readonly startedAt: number;
  viewers: number;
}

export interface ChatSettings {
  emoteOnly: boolean;
  /** Minutes a viewer must have followed; undefined = off. */
  followersOnlyMinutes: number | undefined;
  uniqueChat: boolean;
  slowSeconds: number;
  subscribersOnly: boolean;
  /** Left out or 0 = off. Helix shows and changes it; the simulated chat itself is not delayed. */
  nonModeratorDelaySeconds?: number;
}

export interface ChatLine {
  readonly id: string;
  readonly user: User;
  readonly text: string;
  readonly at: number;
  readonly isAction: boolean;
  readonly bits: number;
  readonly customRewardId: string | undefined;
  readonly replyTo: ChatLine | undefined;
  /** True when the text came through Helix with an app token: Twitch then shows the bot badge. */
  readonly hasBotBadge: boolean;
  /** True for the sender's first line ever in this channel. */
  readonly isFirst?: boolean;
  /** What the sending client marked the line with to know it again; Twitch hands it on. */
  readonly nonce?: string;
}

export interface Redemption {
  readonly id: string;
  readonly user: User;
  readonly rewardId: string;
  readonly rewardTitle: string;
  readonly cost: number;
  readonly input: string;
  readonly at: number;
}

export interface Channel {
  readonly owner: User;
  title: string;
  gameId: string;
  gameName: string;
  language: string;
  tags: readonly string[];
  stream: Stream | undefined;
  readonly settings: ChatSettings;
  /** User ids. The owner is in none of them. */
  readonly moderators: Set<string>;
  readonly vips: Set<string>;
  readonly subscribers: Map<string, { tier: Tier; months: number }>;
  /** user id → when they followed */
  readonly followers: Map<string, number>;
  /** user id → when the ban ends; undefined = for good */
  readonly banned: Map<string, number | undefined>;
  /** User ids in chat now, with how many connections each has. Kept by the IRC door; Helix chatters reads it. */
  readonly chatters: Map<string, number>;
  /** The last lines, oldest first, at most CHANNEL_LINES_KEPT: replies, deletions and duplicate checks look here. */
  readonly lines: ChatLine[];
}

export interface Application {
  readonly clientId: string;
  /** Undefined = public client (device flow, refresh tokens of one use). */
  readonly clientSecret: string | undefined;
  readonly name: string;
  readonly redirectUris: readonly string[];
}

export interface Token {
  readonly accessToken: string;
  readonly kind: "user" | "app";
  readonly clientId: string;
  readonly userId: string | undefined;
  scopes: readonly string[];
  expiresAt: number;
  /** Undefined for app tokens. */
  readonly refreshToken: string | undefined;
  /** Left out = no end: only a public client's refresh token runs out when it is not used. */
  readonly refreshableUntil?: number | undefined;
}

export const CHANNEL_LINES_KEPT = 500;

export interface World {
  readonly clock: SimClock;
  readonly random: Random;
  readonly users: ReadonlyMap<string, User>;
  /** By broadcaster id. Every user has a channel. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly applications: Map<string, Application>;
  /** By access token. */
  readonly tokens: Map<string, Token>;
  /** `clientId userId` → every scope this user ever granted that application; survives the tokens. */
  readonly grants: Map<string, Set<string>>;
  /** By game id. */
  readonly games: Map<string, Game>;

  addUser(user: Partial<Omit<User, "login">> & { readonly login: string }): User;
  findUser(loginOrId: string): User | undefined;
  /** @throws UnknownUserError */
  getUser(loginOrId: string): User;
  getChannel(loginOrId: string): Channel;
  grant(clientId: string, userId: string, scopes: readonly string[]): void;
  hasGranted(clientId: string, userId: string, scope?: string): boolean;

  /** Announces what happened to every listener, in the order they joined. The state was changed before. */
  happen(happening: Happening): void;
  onHappening(listen: (happening: Happening) => void): () => void;
}

export class UnknownUserError extends Error {
  constructor(loginOrId: string) {
    super(`no user with login or id "${loginOrId}" in this simulation`);
    this.name = "UnknownUserError";
  }
}

const COLORS = ["#FF0000", "#0000FF", "#008000", "#B22222", "#FF7F50", "#9ACD32", "#2E8B57", "#1E90FF"];
/** Ids start where they cannot be mistaken for small numbers in logs. */
const FIRST_USER_ID = 100_000_001;

export function makeWorld(using: { readonly clock: SimClock; readonly random: Random }): World {
  const { clock, random } = using;
  const users = new Map<string, User>();
  const idByLogin = new Map<string, string>();
  const channels = new Map<string, Channel>();
  const grants = new Map<string, Set<string>>();
  const listeners = new Set<(happening: Happening) => void>();
  let nextUserId = FIRST_USER_ID;

  const findUser = (loginOrId: string) => {
    const byLogin = idByLogin.get(loginOrId.toLowerCase());
    return users.get(byLogin ?? loginOrId);
  };
  const getUser = (loginOrId: string) => {
    const user = findUser(loginOrId);
    if (!user) throw new UnknownUserError(loginOrId);
    return user;
  };

  return {
    clock,
    random,
    users,
    channels,
    applications: new Map(),
    tokens: new Map(),
    grants,
    games: makeGames(),
    addUser(given) {
      const login = given.login.toLowerCase();
      const known = findUser(login);
      if (known) return known;
      const user: User = {
        id: given.id ?? String(nextUserId++),
        login,
        displayName: given.displayName ?? given.login,
        color: given.color ?? random.pick(COLORS),
        description: given.description ?? "",
        createdAt: given.createdAt ?? clock.now() - 400 * 86_400_000,
        isVerifiedBot: given.isVerifiedBot ?? false,
      };
      users.set(user.id, user);
      idByLogin.set(login, user.id);
      channels.set(user.id, {
        owner: user,
        title: "",
        gameId: "",
        gameName: "",
        language: "en",
        tags: [],
        stream: undefined,
        settings: {
          emoteOnly: false,
          followersOnlyMinutes: undefined,
          uniqueChat: false,
          slowSeconds: 0,
          subscribersOnly: false,
        },
        moderators: new Set(),
        vips: new Set(),
        subscribers: new Map(),
        followers: new Map(),
        banned: new Map(),
        chatters: new Map(),
        lines: [],
      });
      return user;
    },
    findUser,
    getUser,
    getChannel(loginOrId) {
      const channel = channels.get(getUser(loginOrId).id);
      if (!channel) throw new UnknownUserError(loginOrId);
      return channel;
    },
    grant(clientId, userId, scopes) {
      const key = `${clientId} ${userId}`;
      const had = grants.get(key) ?? new Set();
      for (const scope of scopes) had.add(scope);
      grants.set(key, had);
    },
    hasGranted(clientId, userId, scope) {
      const had = grants.get(`${clientId} ${userId}`);
      return had !== undefined && (scope === undefined || had.has(scope));
    },
    happen(happening) {
      for (const listen of listeners) listen(happening);
    },
    onHappening(listen) {
      listeners.add(listen);
      return () => {
        listeners.delete(listen);
      };
    },
  };
}
