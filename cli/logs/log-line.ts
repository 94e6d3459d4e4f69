/** A line of our JSON logs, read back. Pure. */
import * as v from "valibot";
import { formatLatency } from "../duration.ts";
import type { Paint, Style } from "../paint.ts";
import { quoteStranger, safeText } from "../safe-text.ts";
import { cut } from "../table.ts";

/** Whose file a line stands in: "supervisor", "hub", "#alice_live". */
export type Origin = string;

export interface LogLine {
  readonly origin: Origin;
  /** Wall time, ms; undefined for what is no line of ours (a stack on stderr, a torn line). */
  readonly at: number | undefined;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const Line = v.looseObject({ level: v.string(), time: v.string(), msg: v.optional(v.string(), "") });

export function parseLogLine(origin: Origin, text: string): LogLine {
  const parsed = v.safeParse(Line, parseJson(text));
  const at = parsed.success ? Date.parse(parsed.output.time) : Number.NaN;
  if (!parsed.success || Number.isNaN(at))
    return { origin, at: undefined, level: "raw", message: text, fields: {} };
  const { level, time: _time, msg, ...fields } = parsed.output;
  return { origin, at, level, message: msg, fields };
}

/** As pino begins every line; a search through a large file has no time to parse the rest. */
const HEAD = /^\{"level":"([a-z]+)","time":"([^"]+)"/;

/** A line's level and time; undefined for what is no line of ours. */
export function headOf(text: string): { readonly level: string; readonly at: number } | undefined {
  const [, level, time] = HEAD.exec(text) ?? [];
  if (level !== undefined && time !== undefined) {
    const at = Date.parse(time);
    return Number.isNaN(at) ? undefined : { level, at };
  }
  const line = text.startsWith("{") ? parseLogLine("", text) : undefined;
  return line?.at === undefined ? undefined : { level: line.level, at: line.at };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const levelStyle: Readonly<Record<string, Style>> = {
  debug: "dim",
  warn: "yellow",
  error: "red",
  fatal: "red",
};
const LEVEL_WIDTH = 5;
const ORIGIN_WIDTH = 12;
/** One line of a log should not fill a screen; the file holds all of it. */
const FIELD_LENGTH_MAX = 160;
const MESSAGE_LENGTH_MAX = 1_000;

/** One line for eyes: time, level, who, what, then the fields. What viewers wrote is quoted and can't paint. */
export function renderLogLine(line: LogLine, paint: Paint): string {
  const accounted = describeAccounted(line) ?? describeChat(line);
  const { message, fields } = accounted ?? {
    message: cutMessage(line.message),
    fields: describeFields(line),
  };
  const style = levelStyle[line.level];
  const coloured = (text: string) => (style === undefined ? text : paint(style, text));
  return [
    paint("dim", line.at === undefined ? " ".repeat(TIME_WIDTH) : formatTime(line.at)),
    coloured((line.level === "raw" ? "" : safeText(line.level).toUpperCase()).padEnd(LEVEL_WIDTH)),
    paint("cyan", safeText(line.origin).padEnd(ORIGIN_WIDTH)),
    coloured(message),
    ...fields.map((field) => paint("dim", field)),
  ]
    .join(" ")
    .trimEnd();
}

/** Cut before it is looked through: a megabyte of garbage would be. */
const cutMessage = (message: string): string =>
  cut(safeText(message.slice(0, MESSAGE_LENGTH_MAX + 1)), MESSAGE_LENGTH_MAX);

const TIME_WIDTH = "11-21 03:57:12.123".length;

/** Local time: the operator compares it with the clock on the wall. */
function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function describeFields({ origin, fields }: LogLine): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (isKnownFromOrigin(key, value, origin)) return [];
    if (key === "untrusted") return [`stranger: ${describeUntrusted(value)}`];
    if (key === "err") return [`err=${describeValue(errorMessage(value))}`];
    return [`${safeText(key)}=${describeValue(value)}`];
  });
}

const Accounted = v.object({
  kind: v.string(),
  outcome: v.string(),
  because: v.optional(v.string()),
  topic: v.optional(v.string()),
  deliveries: v.optional(v.array(v.string()), []),
  untrusted: v.optional(v.object({ user: v.string(), text: v.string() })),
  ms: v.object({ arrivedToWritten: v.optional(v.number()), total: v.number() }),
});

/** A worker's wide line, of which there is one for every message: who said what, and what came of it. */
function describeAccounted({ message, fields }: LogLine): { message: string; fields: string[] } | undefined {
  const parsed = v.safeParse(Accounted, fields);
  if (message !== "accounted" || !parsed.success) return undefined;
  const { kind, outcome, because, topic, deliveries, untrusted, ms } = parsed.output;
  const what = untrusted
    ? `${safeText(untrusted.user)} ${quoteStranger(untrusted.text)}`
    : safeText(topic ?? kind);
  const end = because === undefined ? outcome : `${outcome} (${because})`;
  const took = ms.arrivedToWritten ?? ms.total;
  return {
    message: `${cut(what, FIELD_LENGTH_MAX)} → ${safeText(end)}`,
    fields: [...deliveries.map(safeText), formatLatency(took)],
  };
}

const Chat = v.object({ untrusted: v.object({ user: v.optional(v.string()), text: v.string() }) });

/** A line of chat.log. */
function describeChat({ message, fields }: LogLine): { message: string; fields: string[] } | undefined {
  const parsed = v.safeParse(Chat, fields);
  if ((message !== "heard" && message !== "said") || !parsed.success) return undefined;
  const { user, text } = parsed.output.untrusted;
  const who = message === "said" ? "the bot" : safeText(user ?? "somebody");
  return { message: `${who}: ${quoteStranger(text)}`, fields: [] };
}

/** Every line of a file is bound to its process and channel: the origin says it already. */
function isKnownFromOrigin(key: string, value: unknown, origin: Origin): boolean {
  const name = origin.replace(/^#/, "");
  return (
    (key === "child" && (value === name || value === `worker:${name}`)) ||
    (key === "channel" && value === name)
  );
}

function errorMessage(value: unknown): unknown {
  return typeof value === "object" && value !== null && "message" in value ? value.message : value;
}

const BARE_WORD = /^[\w.:/@+-]+$/;

function describeValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const isBare = typeof value !== "string" || BARE_WORD.test(value);
  return cut(isBare ? safeText(text) : quoteStranger(text), FIELD_LENGTH_MAX);
}

function describeUntrusted(value: unknown): string {
  if (typeof value !== "object" || value === null) return cut(quoteStranger(String(value)), FIELD_LENGTH_MAX);
  const parts = Object.entries(value).map(
    ([key, text]) =>
      `${safeText(key)} ${quoteStranger(typeof text === "string" ? text : JSON.stringify(text))}`,
  );
  return cut(parts.join(" "), FIELD_LENGTH_MAX);
}
