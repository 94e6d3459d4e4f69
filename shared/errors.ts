/**
 * Every error that is thrown on purpose is one row here; docs/errors.md is checked against it. Two audiences: the
 * log and the operator read `message` and `hint`; a viewer, where there is one, reads `forViewer`.
 */
interface ErrorRow {
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  readonly forViewer?: string;
  /** Set when this error ends a process. 78: wrong configuration, trying again changes nothing. */
  readonly exitCode?: number;
}

export const EXIT_BAD_CONFIG = 78;
/**
 * What a supervisor that was asked to stop says to PM2, which reports 0 also for a process that was killed by a
 * signal, and so would not bring that one back. Everybody else is told 0.
 */
export const EXIT_ASKED_UNDER_PM2 = 79;

export const errorTable = {
  "config-missing": {
    message: "there is no configuration file",
    hint: "copy config/config.sample.yaml to config/config.yaml and fill it in, or try ./kissbot.sh demo first",
    exitCode: EXIT_BAD_CONFIG,
  },
  "config-wrong": {
    message: "the configuration is wrong",
    hint: "mend the lines named above; config/config.sample.yaml shows every key",
    exitCode: EXIT_BAD_CONFIG,
  },
  "home-not-writable": {
    message: "KissBot's home takes no new file",
    hint: "make room on its disk, or give the folder to the user that runs KissBot",
    exitCode: 1,
  },
  "already-running": {
    message: "KissBot already runs for this home",
    hint: "./kissbot.sh status shows it, ./kissbot.sh stop ends it",
    exitCode: 1,
  },
  "socket-in-use": {
    message: "another live process answers on this socket",
    hint: "stop that process, or give this installation its own KISSBOT_HOME",
    exitCode: 1,
  },
  "socket-path-too-long": {
    message: "the path of a Unix socket may have at most 107 bytes",
    hint: "set KISSBOT_HOME or XDG_RUNTIME_DIR to a shorter folder",
    exitCode: EXIT_BAD_CONFIG,
  },
  "node-too-old": {
    message: "this Node.js is too old to run KissBot",
    hint: "use ./kissbot.sh, which brings its own, or node_modules/.bin/node",
    exitCode: EXIT_BAD_CONFIG,
  },
  "no-credential": {
    message: "this process was started without its credential",
    hint: "processes of the house are started by the supervisor: use ./kissbot.sh start",
    exitCode: EXIT_BAD_CONFIG,
  },
  "not-running": {
    message: "nothing answers on the control socket",
    hint: "./kissbot.sh start",
    exitCode: 2,
  },
  "bad-module": {
    message: "a file in worker/modules is not a module",
    hint: "compare it with worker/modules/_example.ts",
    exitCode: EXIT_BAD_CONFIG,
  },
  "database-newer": {
    message: "the database was written by a newer KissBot",
    hint: "run that version, or restore a backup made before the upgrade",
    exitCode: EXIT_BAD_CONFIG,
  },
  "database-changed": {
    message: "a migration that was already applied has changed",
    hint: "restore the released file; a migration is never edited after release",
    exitCode: EXIT_BAD_CONFIG,
  },
  "needs-reauth": {
    message: "Twitch no longer accepts the bot's token",
    hint: "give the bot account new tokens in config/config.yaml under twitch.tokens, then ./kissbot.sh reload",
  },
  "twitch-refused": {
    message: "Twitch refused a request",
    hint: "the status and Twitch's own words stand beside this line",
  },
  "twitch-away": {
    message: "Twitch could not be reached",
    hint: "nothing to do: it is tried again with growing rests",
  },
  "eventsub-away": {
    message: "the connection that brings Twitch's events was lost",
    hint: "nothing to do: it is opened again with growing rests; hub_ctl status says how it stands",
  },
  "eventsub-bug": {
    message: "Twitch says that the hub broke a rule of EventSub",
    hint: "it is a bug: please report it with the lines around this one in logs/hub.log",
  },
  "no-conduit": {
    message: "Twitch gives this client id no conduit",
    hint: "mend twitch.client_secret, or delete a conduit that no installation uses; events come over a WebSocket meanwhile when twitch.eventsub.transport is auto",
  },
  "needs-grant": {
    message: "a channel has not allowed what one of its topics needs",
    hint: "its broadcaster must authorise the application, or make the bot a moderator; the channel and the topic stand beside this line",
  },
  "cost-exceeded": {
    message: "Twitch allows this account no more subscriptions",
    hint: "let the broadcasters authorise the application, which makes theirs free, or give twitch.client_secret, so that a conduit is used",
  },
  "hub-away": {
    message: "the hub cannot be reached",
    hint: "the supervisor restarts it; look at ./kissbot.sh status and logs/hub.log",
    forViewer: "I can't look that up right now, try again in a minute.",
  },
  "module-failed": {
    message: "a module threw while it handled a message",
    hint: "the stack stands beside this line; it is a bug",
    forViewer: "That went wrong on my side, sorry.",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export class KissError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail: string, options: { readonly cause?: unknown } = {}) {
    super(`${errorTable[code].message}: ${detail}`, options);
    this.name = "KissError";
    this.code = code;
  }

  get hint(): string {
    return errorTable[this.code].hint;
  }

  get exitCode(): number {
    const row: ErrorRow = errorTable[this.code];
    return row.exitCode ?? 1;
  }
}

/** What a viewer may read of an error, if anything. */
export function viewerText(code: ErrorCode): string | undefined {
  const row: ErrorRow = errorTable[code];
  return row.forViewer;
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
