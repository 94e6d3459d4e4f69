/**
 * The contract of a feature. One file in worker/modules, its default export made by `defineModule`; the file's
 * name is the module's name. A module decides and answers with effects; it performs nothing itself, imports no
 * other module, and reaches the world only through its room.
 */
import type * as v from "valibot";
import type { Clock, Millis } from "../shared/clock.ts";
import type { ChannelId, Login } from "../shared/ids.ts";
import type { CrowdReply, CrowdWish } from "../shared/ipc/crowd-words.ts";
import type { ReplyTo } from "../shared/ipc/hub-worker.ts";
import type { Lane } from "../shared/ipc/permit-words.ts";
import type { Counters, Usage } from "../shared/ipc/supervisor-child.ts";
import type { Logger } from "../shared/log.ts";
import type { Topic } from "../shared/twitch/topics.ts";
import type { GameDesk } from "./games.ts";
import type { SettingsDesk } from "./settings-desk.ts";
import type { ChatMessage, EventSignal, Rank } from "./signal.ts";

export interface ModuleDefinition<Config extends v.GenericSchema, Memory> {
  /** Equals the file's name. */
  readonly name: string;
  readonly summary: string;
  /** Must accept `{}`: a module works without being configured. */
  readonly config: Config;
  /** Added up over all modules into the worker's "want-topics". A function: which ones depends on the settings. */
  readonly topics?: TopicWish<v.InferOutput<Config>>;
  readonly commands?: readonly CommandDefinition<v.InferOutput<Config>, Memory>[];
  /** Called once, before the first signal. What it returns is handed to every later call. */
  start(room: ModuleRoom<v.InferOutput<Config>>): Promise<Memory> | Memory;
  /** Hears the events of its `topics`. */
  onEvent?(
    signal: EventSignal,
    room: ModuleRoom<v.InferOutput<Config>>,
    memory: Memory,
  ): Promise<Answer> | Answer;
  /**
   * Whether this line of plain talk is the answer to a question that the module asked somebody. Asked of every line:
   * it must be quick, decide by its memory alone, and nearly always say no.
   */
  expects?(message: ChatMessage, memory: Memory): ExpectedReply | undefined;
  stop?(memory: Memory): Promise<void> | void;
}

/** The line is taken as this command of the module, with these words after it, whatever its cooldown says. */
export interface ExpectedReply {
  readonly command: string;
  readonly rest: string;
}

/** A method's type, as `start` and `onEvent` are: a function's would make no module an `AnyModule`. */
export type TopicWish<Config> = readonly Topic[] | { of(config: Config): readonly Topic[] }["of"];

export interface CommandDefinition<Config, Memory> {
  /** Without the prefix; the first is the name, the others are aliases. Unique over all modules. */
  readonly words: readonly [string, ...string[]];
  /** One line for !help and the docs: "ping", "uptime", "addcmd <name> <text>". */
  readonly usage: string;
  readonly who: Rank;
  readonly cooldownMs: { readonly perUser: Millis; readonly perChannel: Millis };
  run(call: CommandCall, room: ModuleRoom<Config>, memory: Memory): Promise<Answer> | Answer;
}

export interface CommandCall {
  readonly message: ChatMessage;
  /** The word that was typed, lower-case, without prefix. */
  readonly word: string;
  readonly args: readonly string[];
  /** Everything after the word, trimmed. */
  readonly rest: string;
}

/** A module answers with what should happen; it does not do it. */
export type Answer =
  | { readonly is: "nothing" }
  | { readonly is: "effects"; readonly effects: readonly Effect[] }
  | { readonly is: "refused"; readonly because: RefusedByModule };

export type RefusedByModule = "bad-arguments" | "not-allowed" | "not-found" | "backend-away";

/** An order to an output, made by that output's own `effect` function, which checks its payload's type. */
export interface Effect {
  readonly output: string;
  readonly payload: unknown;
  /** See `once`. */
  readonly once?: string | undefined;
  /** See `inLane`. */
  readonly lane?: Lane | undefined;
}

/** What a module may reach: handed in, never imported. */
export interface ModuleRoom<Config> {
  readonly config: Config;
  readonly channel: { readonly id: ChannelId; readonly login: Login; readonly name: string };
  readonly bot: { readonly login: Login };
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly house: House;
  readonly stopping: AbortSignal;
}

/** What a module may know of the process it lives in and ask of the hub. */
export interface House {
  readonly startedAt: Millis;
  counters(): Counters;
  /** Commands that were answered since the start. */
  commandsAnswered(): number;
  /** Since the last beat: some seconds at most. */
  usage(): Usage;
  pssKb(): number | undefined;
  /** What this process has too much of right now, in words; looked at once a minute. */
  alerts(): readonly string[];
  /** Every command of every awake module, for !help. */
  commands(): readonly {
    readonly module: string;
    readonly words: readonly string[];
    readonly usage: string;
    readonly who: Rank;
  }[];
  /** undefined when the hub or Twitch is away. */
  askChannel(): Promise<ReplyTo<{ about: "channel" }> | undefined>;
  /** What this channel has of its own above its configuration. */
  readonly settings: SettingsDesk;
  /** What is known of games. */
  readonly games: Pick<GameDesk, "find" | "choose" | "ofCategory" | "use" | "trace" | "engine">;
  /** What a name means to the crowd. undefined when the hub is away. */
  askCrowd(wish: CrowdWish): Promise<CrowdReply | undefined>;
}

export function defineModule<Config extends v.GenericSchema, Memory>(
  definition: ModuleDefinition<Config, Memory>,
): ModuleDefinition<Config, Memory> {
  return definition;
}

/** A module whose own types no longer matter: what the folder's registry holds. */
// biome-ignore lint/suspicious/noExplicitAny: the registry runs each definition only with its own config and memory
export type AnyModule = ModuleDefinition<v.GenericSchema, any>;

export const nothing: Answer = { is: "nothing" };
export const effects = (...list: readonly Effect[]): Answer => ({ is: "effects", effects: list });
export const refused = (because: RefusedByModule): Answer => ({ is: "refused", because });
/**
 * Said once for this key in this module and channel, for months, whatever is reported twice or restarted; and tried
 * again for some minutes when it could not be said.
 */
export const once = (key: string, effect: Effect): Effect => ({ ...effect, once: key });
/** How urgent it is when not all can be said. Left out, an answer to a command is a `command`, one to an event an `event`. */
export const inLane = (lane: Lane, effect: Effect): Effect => ({ ...effect, lane });
