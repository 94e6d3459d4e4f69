/**
 * The contract of a cli verb: one file in cli/verbs, its default export made by `defineVerb`. kissbot.sh reads `name`,
 * `aliases` and `summary` out of the file with sed, so that help works before anything is installed: keep each on a
 * line of its own, in double quotes.
 */
import type * as v from "valibot";
import type { Clock } from "../shared/clock.ts";
import type { Home } from "../shared/home.ts";
import type { Paint } from "./paint.ts";

export interface Verb<Options> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** In commander's notation: "[channel]" may be left out, "<channel>" may not. */
  readonly arguments?: readonly { readonly name: string; readonly says: string }[];
  /** Every word that its first argument may be, where that one says what to do. */
  readonly actions?: readonly string[];
  /** In commander's notation: "-n, --lines <count>". */
  readonly flags?: readonly { readonly flags: string; readonly says: string }[];
  /** Everything behind the verb, `--help` too, reaches `run` as it was typed. */
  readonly passesThrough?: boolean;
  /** Parses what commander collected from `flags`; its messages end "--for: …". */
  readonly options: v.GenericSchema<unknown, Options>;
  /** Answers with the exit code. */
  run(call: VerbCall<Options>, desk: Desk): Promise<number>;
}

export interface VerbCall<Options> {
  readonly args: readonly string[];
  readonly options: Options;
}

/** What a verb may reach: handed in by main. */
export interface Desk {
  readonly home: Home;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly paint: Paint;
  /** Columns of the terminal; where the output is none, what COLUMNS says, or without end: nothing is cut then. */
  readonly columns: number;
  /** The terminal on stdout; undefined when it is none: what moves the cursor is for terminals only. */
  screen(): Screen | undefined;
  /** One line, or several, on stdout. */
  say(text: string): void;
  /** The same on stderr: for what must not stand in a pipe. */
  warn(text: string): void;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, once a verb has asked for it; until then signals end the process. */
  stopSignal(): AbortSignal;
}

export interface Screen {
  write(text: string): void;
  /** As it is now: windows are resized. */
  size(): { readonly columns: number; readonly rows: number };
}

export function defineVerb<Options>(verb: Verb<Options>): Verb<Options> {
  return verb;
}

/** A verb whose options' type no longer matters: what main holds. */
// biome-ignore lint/suspicious/noExplicitAny: main hands each verb only what its own schema parsed
export type AnyVerb = Verb<any>;

/** sysexits.h: the command was typed wrong. Apart from 0, 1 and 2, which `status` speaks with. */
export const EXIT_USAGE = 64;
