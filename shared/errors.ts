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
  "alone-running": {
    message: "a worker runs alone for this home",
    hint: "end it in its terminal with Ctrl-C, or with ./kissbot.sh stop; a house serves all channels at once",
    exitCode: 1,
  },
  "no-such-channel": {
    message: "Twitch has no account of this name",
    hint: "a channel is named as in its address: twitch.tv/NAME",
    exitCode: EXIT_BAD_CONFIG,
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
  "database-foreign": {
    message: "the file where KissBot's database should be is another one's",
    hint: "move it away; an original KissBot's comes over by ./kissbot.sh db import-original FILE --key KEYFILE",
    exitCode: EXIT_BAD_CONFIG,
  },
  "database-damaged": {
    message: "the database is damaged",
    hint: "stop KissBot, keep the file, and restore a backup: ./kissbot.sh backup list; docs/backups.md says what to do without one",
    exitCode: EXIT_BAD_CONFIG,
  },
  "database-not-writable": {
    message: "the database can't be written",
    hint: "give the file and its folder to the user that runs KissBot, on a disk that is mounted for writing",
    exitCode: 1,
  },
  "database-full": {
    message: "there is no room on the disk for the database",
    hint: "make room, then do it again: nothing was changed",
    exitCode: 1,
  },
  "key-missing": {
    message: "there are encrypted tokens and no key that opens them",
    hint: "put the key file back from where you keep its copy (docs/secrets.md), or log in anew after ./kissbot.sh db forget-tokens",
    exitCode: EXIT_BAD_CONFIG,
  },
  "key-wrong": {
    message: "the key does not open the encrypted tokens",
    hint: "put the right key file back (./kissbot.sh db status names keys by fingerprint), or log in anew after ./kissbot.sh db forget-tokens",
    exitCode: EXIT_BAD_CONFIG,
  },
  "key-not-ours": {
    message: "the key ring is managed outside KissBot and is not written by it",
    hint: "put the new key before the old one there, then ./kissbot.sh db rotate-key seals everything with it",
    exitCode: EXIT_BAD_CONFIG,
  },
  "backup-no-key": {
    message: "nothing says what backups are encrypted with",
    hint: "./kissbot.sh backup keygen makes a key and says where its halves go; --unencrypted makes one that anybody can read",
    exitCode: EXIT_BAD_CONFIG,
  },
  "backup-key-unusable": {
    message: "what backups are encrypted with can't be used",
    hint: "mend what is named above in the section backup of config/config.yaml; ./kissbot.sh backup keygen makes a new key",
    exitCode: EXIT_BAD_CONFIG,
  },
  "backup-key-beside": {
    message: "the key to the backups lies beside them",
    hint: "move it out of the folder of backups: whoever takes that must not have taken the key as well",
    exitCode: EXIT_BAD_CONFIG,
  },
  "backup-key-wrong": {
    message: "the key does not open this backup",
    hint: "give the right one: --identity FILE, or --passphrase-file FILE (./kissbot.sh help backup)",
    exitCode: 77,
  },
  "backup-damaged": {
    message: "the backup is damaged",
    hint: "take another one (./kissbot.sh backup list), or copy this one anew from where it was kept",
    exitCode: 65,
  },
  "backup-not-found": {
    message: "there is no such backup",
    hint: "./kissbot.sh backup list shows those there are",
    exitCode: 66,
  },
  "backup-no-room": {
    message: "there is no room on the disk for it",
    hint: "make room, or move the folder of backups to another disk (backup.folder); nothing was changed",
    exitCode: 73,
  },
  "backup-failed": {
    message: "the backup was not made or not checked",
    hint: "nothing was changed; what went wrong stands beside this line and in ./kissbot.sh audit --type backup-failed",
    exitCode: 1,
  },
  "backup-under-way": {
    message: "another process makes, checks or restores a backup of this home",
    hint: "wait until it is done, then do it again",
    exitCode: 75,
  },
  "database-missing": {
    message: "there is no database yet",
    hint: "./kissbot.sh start makes one",
    exitCode: 66,
  },
  "database-in-use": {
    message: "another process has the database open",
    hint: "./kissbot.sh stop ends the house; then look for what else reads it",
    exitCode: 75,
  },
  "import-source": {
    message: "this can't be imported",
    hint: "name the original's kissbot.db or config.yaml; ./kissbot.sh help db shows how",
    exitCode: EXIT_BAD_CONFIG,
  },
  "not-logged-in": {
    message: "nobody has logged in as the bot yet",
    hint: "./kissbot.sh auth login --bot (a running house takes the login at once)",
  },
  "needs-reauth": {
    message: "Twitch no longer accepts the bot's token",
    hint: "./kissbot.sh auth login --bot (a running house takes the new login at once)",
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
  "games-index-lost": {
    message: "the index of games' titles is damaged or gone",
    hint: "nothing to do: it is built anew of the catalogue that ships; ./kissbot.sh games build --titles FILE makes a larger one",
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
  /** The message without the table's part. */
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options: { readonly cause?: unknown } = {}) {
    super(`${errorTable[code].message}: ${detail}`, options);
    this.name = "KissError";
    this.code = code;
    this.detail = detail;
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
