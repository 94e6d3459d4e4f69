import { createInterface } from "node:readline/promises";
import * as v from "valibot";
import type { AccountKey } from "../../db/accounts.ts";
import { Login } from "../../shared/ids.ts";
import { type AuthRoom, openAuthRoom, withAccounts } from "../auth/auth-room.ts";
import { askHeldLogins } from "../auth/held-logins.ts";
import { login, renderLink } from "../auth/login.ts";
import { lookAtAccounts } from "../auth/look-at-accounts.ts";
import { refresh, revoke } from "../auth/orders.ts";
import { renderAccounts } from "../auth/status-page.ts";
import { quoteStranger } from "../safe-text.ts";
import { type Desk, defineVerb, EXIT_USAGE } from "../verb.ts";

interface AuthOptions {
  readonly bot: boolean;
  readonly channel?: Login | undefined;
  readonly device: boolean;
  readonly code: boolean;
  readonly link: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}
type Flag = Exclude<keyof AuthOptions, "bot" | "channel">;

interface Action {
  readonly says: string;
  readonly takes: readonly Flag[];
  readonly run: (key: AccountKey, options: AuthOptions, room: AuthRoom, desk: Desk) => Promise<number>;
}

const ACTIONS = {
  login: {
    says: "logs in at Twitch, with exactly the scopes that are needed; --link prints one to send to somebody",
    takes: ["device", "code", "link"],
    run: logIn,
  },
  status: {
    says: "how every login stands, what it lacks, and what to type",
    takes: ["json"],
    run: showStatus,
  },
  refresh: {
    says: "gets a fresh token now",
    takes: [],
    run: (key, _options, room, desk) => refresh(key, room, desk),
  },
  revoke: { says: "gives a login back to Twitch, and forgets it", takes: ["yes"], run: giveBack },
} as const satisfies Readonly<Record<string, Action>>;

const EXIT_NOT_WELL = 1;
const EXIT_NO_BOT = 2;

const isAction = (word: string): word is keyof typeof ACTIONS => Object.hasOwn(ACTIONS, word);

export default defineVerb({
  name: "auth",
  summary: "logs the bot in at Twitch, shows how its logins stand, renews and revokes them",
  arguments: [
    {
      name: "<action>",
      says: Object.entries(ACTIONS)
        .map(([word, { says }]) => `\n  ${word.padEnd(8)} ${says}`)
        .join(""),
    },
  ],
  actions: Object.keys(ACTIONS),
  flags: [
    { flags: "--bot", says: "the bot's own account, twitch.bot_login (so it is when nothing is said)" },
    { flags: "--channel <name>", says: "the account of a channel's owner" },
    { flags: "--device", says: "login: by a code that is typed in on any machine" },
    { flags: "--code", says: "login: by a browser on this machine; takes twitch.client_secret" },
    { flags: "--link", says: "login: only prints a link for somebody else to open" },
    { flags: "--yes", says: "revoke: does not ask first" },
    { flags: "--json", says: "status: for scripts" },
  ],
  options: v.object({
    bot: v.optional(v.boolean(), false),
    channel: v.optional(Login),
    device: v.optional(v.boolean(), false),
    code: v.optional(v.boolean(), false),
    link: v.optional(v.boolean(), false),
    yes: v.optional(v.boolean(), false),
    json: v.optional(v.boolean(), false),
  }),
  async run({ args, options }, desk) {
    const [word = ""] = args;
    const wrong = isAction(word) ? findMisuse(word, options) : describeUnknown(word);
    if (wrong !== undefined || !isAction(word)) {
      desk.warn(`kissbot: ${wrong}`);
      return EXIT_USAGE;
    }
    const room = openAuthRoom(desk);
    const { channel } = options;
    const key: AccountKey =
      channel === undefined
        ? { login: room.config.twitch.bot_login, tokenType: "bot" }
        : { login: channel, tokenType: "broadcaster" };
    const action: Action = ACTIONS[word];
    return action.run(key, options, room, desk);
  },
});

const describeUnknown = (word: string): string =>
  `auth knows ${Object.keys(ACTIONS).join(", ")}, but not ${quoteStranger(word)}`;

/** Pure: the sentence when flags do not go together. */
export function findMisuse(word: keyof typeof ACTIONS, options: AuthOptions): string | undefined {
  const { takes }: Action = ACTIONS[word];
  const stray = (["device", "code", "link", "yes", "json"] as const).find(
    (flag) => options[flag] && !takes.includes(flag),
  );
  if (stray !== undefined) return `auth ${word} has no --${stray}`;
  if (options.bot && options.channel !== undefined) return "either --bot or --channel, not both";
  if (options.device && options.code) return "either --device or --code, not both";
  if (options.link && (options.device || options.code))
    return "--link logs nobody in: no --device and no --code";
  return undefined;
}

async function logIn(key: AccountKey, options: AuthOptions, room: AuthRoom, desk: Desk): Promise<number> {
  if (options.link) {
    desk.say(renderLink(key, room, desk));
    return 0;
  }
  if (
    key.tokenType === "broadcaster" &&
    !room.features.channels.some(({ channel }) => channel === key.login)
  ) {
    desk.warn(
      `kissbot: ${key.login} is no channel of this house: ./kissbot.sh channels add ${key.login} makes it one`,
    );
    return EXIT_NOT_WELL;
  }
  const way = options.device ? "device" : options.code ? "code" : undefined;
  return login({ ...key, way }, room, desk);
}

async function showStatus(
  _key: AccountKey,
  { json }: AuthOptions,
  room: AuthRoom,
  desk: Desk,
): Promise<number> {
  const held = await askHeldLogins(desk);
  const wallNow = desk.clock.wall();
  const seen = await withAccounts(desk, (accounts) => lookAtAccounts(room, accounts, { held, wallNow }));
  desk.say(json ? JSON.stringify(seen, null, 2) : renderAccounts(seen, desk.paint, desk.columns));
  const [bot] = seen.accounts;
  if (bot?.state === "needs-login") return EXIT_NO_BOT;
  return seen.accounts.every((one) => one.state === "good" && one.missing.length === 0) ? 0 : EXIT_NOT_WELL;
}

async function giveBack(key: AccountKey, { yes }: AuthOptions, room: AuthRoom, desk: Desk): Promise<number> {
  const who = key.tokenType === "bot" ? `${key.login}, the bot` : `${key.login}, the owner of that channel`;
  if (!yes && !(await isAgreed(`Revoke the login of ${who}? Type yes: `))) {
    desk.warn("kissbot: nothing was revoked. --yes does it without asking.");
    return EXIT_NOT_WELL;
  }
  return revoke(key, room, desk);
}

async function isAgreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  const answer = await Promise.race([terminal.question(question), ended]);
  terminal.close();
  return answer.trim().toLowerCase() === "yes";
}
