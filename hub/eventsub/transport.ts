/**
 * How EventSub's events come to us. `websocket`: one to three connections with the bot's token, each of which takes
 * its subscriptions with it when it ends. `conduit`: a place at Twitch that keeps the subscriptions, with connections
 * plugged in as shards, by the application's token. Everything above (reconcile, router, status) knows only this.
 */
import type { Millis } from "../../shared/clock.ts";
import type { TransportKind } from "../../shared/twitch/can-carry.ts";
import type { SessionEnd } from "./close-codes.ts";
import type { Notification, Revocation } from "./parse-frame.ts";
import type { SessionState } from "./session-contract.ts";

/** Where subscriptions are: a session, or a conduit. */
export interface Carrier {
  readonly id: string;
  readonly method: TransportKind;
  /** So many subscriptions fit. */
  readonly capacity: number;
}

/** What the transport knows of carriers, for those who compare with Twitch's list. */
export interface CarrierFacts {
  /** Where subscriptions can be made now. */
  readonly current: readonly Carrier[];
  /** They deliver, and their subscriptions are to move to `current` one by one. */
  readonly retiring: readonly Carrier[];
  /** So many carriers at once, and so many subscriptions on each. */
  readonly limits: {
    readonly carriers: number;
    readonly capacity: number;
    /** Twitch allows them to an account, whoever uses it: those of other installations take our places. */
    readonly areShared: boolean;
  };
  /** The carrier under the name it has now: Twitch may rename a session that it moves. */
  readonly nameOf: (carrierId: string) => string;
  /** Whether this installation ever used it: what another one left or needs is not ours to touch. */
  readonly isOurs: (carrierId: string) => boolean;
}

/** A subscription as Twitch lists it, of any type; for a transport that has some of its own. */
export interface ListedRow {
  readonly type: string;
  readonly carrierId: string;
  readonly isEnabled: boolean;
}

export type Renewed =
  | {
      readonly is: "renewed";
      readonly connections: number;
      /** So many of the old ones were lost before everything had moved: what came meanwhile was missed. */
      readonly endedEarly: number;
      readonly tookMs: Millis;
    }
  | { readonly is: "refused"; readonly because: string };

export interface ConnectionState extends SessionState {
  /** Which shard of the conduit it is plugged into; the place among its like for a WebSocket. */
  readonly slot: number;
  readonly isRetiring: boolean;
  /** A conduit's connection delivers only while it is bound to its shard. */
  readonly isBound: boolean;
}

export interface TransportState {
  readonly kind: TransportKind;
  readonly isPaused: boolean;
  readonly connections: readonly ConnectionState[];
  readonly conduitId: string | undefined;
  /** Why there is no connection although one is wanted, or why it is not the transport that was asked for. */
  readonly problem: string | undefined;
}

export interface EventSubTransport {
  readonly kind: TransportKind;
  /** From now on connections are opened when somebody wants events. */
  begin(): void;
  /** So many subscriptions are wanted. None for a while, and the connections are closed. */
  need(count: number): void;
  carriers(): CarrierFacts;
  /** Nothing that is wanted is on this retiring carrier any more. */
  letGo(carrierId: string): void;
  /** The transport's own part of a drift check: looks at Twitch's side of it and repairs. */
  inspect(listed: readonly ListedRow[]): Promise<void>;
  /** New connections beside the old ones, all subscriptions there, then the old ones are closed: nothing is lost. */
  renew(): Promise<Renewed>;
  /** No connection until `resume`. */
  pause(): void;
  resume(): void;
  state(): TransportState;
  stop(): void;
}

export interface TransportListeners {
  /** There is somewhere to subscribe, or somewhere else than before: within 10 s, or Twitch closes an empty session. */
  readonly onCarriers: () => void;
  /** A connection delivers. */
  readonly onOpen: () => void;
  readonly onLost: (end: SessionEnd) => void;
  /** A connection is wanted and could not be had, for now. */
  readonly onRest?: () => void;
  readonly onNotification: (notification: Notification) => void;
  readonly onRevocation: (revocation: Revocation) => void;
}

/** A wish that is taken back and said again, as by a restarted worker, closes no connection. */
export const IDLE_AFTER_MS: Millis = 60_000;
/** What was sent on an old connection before it was left may still be on its way. */
export const LINGER_MS: Millis = 2_000;
/** The beginning of a renewal; how long the subscriptions take depends on their number. */
export const OPENS_WITHIN_MS: Millis = 25_000;
