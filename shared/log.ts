import pino from "pino";
import { type Loss, openLineFile } from "./line-file.ts";
import { CHANNEL_LOGS, type ChannelLogName, channelLogFile } from "./log-files.ts";

/** A child logger binds `{ child, channel, module }` once. What a stranger typed goes under `untrusted`, never into field names. */
export type Logger = Pick<pino.Logger, "debug" | "info" | "warn" | "error" | "fatal" | "child" | "level">;

export interface LogFile {
  readonly log: Logger;
  /** Closes and opens the file by name again: call it after the file was rotated away. */
  reopen(): void;
  close(): void;
  /** Lines that can't be written now: a full disk degrades the logs, nothing else. See line-file.ts. */
  loss(): Loss | undefined;
  onLoss(listen: (loss: Loss) => void): void;
  /** Every error that is written down, as it is. */
  onError(listen: (problem: Error) => void): void;
}

/** A channel's logs: see log-files.ts for what stands in which. */
export interface ChannelLogs
  extends Readonly<Record<ChannelLogName, Logger>>,
    Pick<LogFile, "reopen" | "close" | "onLoss" | "onError"> {}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Tokens never reach a log, wherever a caller's object carries them. */
const SECRET_KEYS = [
  "accessToken",
  "refreshToken",
  "access_token",
  "refresh_token",
  "clientSecret",
  "client_secret",
  "credential",
  "houseKey",
  "authorization",
  "Authorization",
];
const redactPaths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines straight into a file (line-file.ts), which is made when the first one is written. */
export function openLogFile(using: {
  readonly file: string;
  /** "silent": the logger is there, the file never. */
  readonly level: LogLevel | "silent";
  readonly bindings: Record<string, string>;
  /**
   * "spelt-out": what each line carries is written down where it is logged, no object of anybody else's is among it.
   * Then no token can be, and looking for one would cost six times what the rest of the line costs.
   */
  readonly fields?: "anything" | "spelt-out";
}): LogFile {
  const { file, level, bindings, fields = "anything" } = using;
  const lines = openLineFile({ file, describeLoss: (loss) => describeLoss(loss, bindings) });
  const listeners: ((problem: Error) => void)[] = [];
  const log = pino(
    {
      level,
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err(problem: Error) {
          for (const listen of listeners) listen(problem);
          return pino.stdSerializers.err(problem);
        },
      },
      ...(fields === "anything" && { redact: { paths: redactPaths, censor: "[secret]" } }),
    },
    lines,
  );
  const { reopen, close, loss, onLoss } = lines;
  return { log, reopen, close, loss, onLoss, onError: (listen) => void listeners.push(listen) };
}

/** Written past the logger, which is just about to write the line after it. */
function describeLoss({ lines, because }: Loss, bindings: Record<string, string>): string {
  const fields = {
    ...bindings,
    lost: lines,
    because,
    msg: "lines are missing here: the log could not be written",
  };
  return `{"level":"warn"${pino.stdTimeFunctions.isoTime()},${JSON.stringify(fields).slice(1)}\n`;
}

/** `level` is that of `instance`: the other files have one line for each thing they are about, whatever the level. */
export function openChannelLogs(using: {
  readonly folder: string;
  readonly level: LogLevel;
  readonly bindings: Record<string, string>;
  /** Without it nothing of what is said is written, and there is no chat.log. */
  readonly keepsChat: boolean;
}): ChannelLogs {
  const levels: Readonly<Record<ChannelLogName, LogLevel | "silent">> = {
    instance: using.level,
    chat: using.keepsChat ? "info" : "silent",
    commands: "info",
    system: "info",
  };
  const open = (name: ChannelLogName) =>
    openLogFile({
      file: channelLogFile(using.folder, name),
      level: levels[name],
      bindings: using.bindings,
      fields: name === "chat" || name === "commands" ? "spelt-out" : "anything",
    });
  const files = {
    instance: open("instance"),
    chat: open("chat"),
    commands: open("commands"),
    system: open("system"),
  };
  const all = CHANNEL_LOGS.map((name) => files[name]);
  return {
    instance: files.instance.log,
    chat: files.chat.log,
    commands: files.commands.log,
    system: files.system.log,
    reopen: () => all.forEach((one) => void one.reopen()),
    close: () => all.forEach((one) => void one.close()),
    onLoss: (listen) => all.forEach((one) => void one.onLoss(listen)),
    onError: (listen) => all.forEach((one) => void one.onError(listen)),
  };
}
