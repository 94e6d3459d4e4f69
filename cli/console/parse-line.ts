/** What is typed at `supervisor> `, as a closed union. Pure. */
import type { SupervisorOrder } from "../../shared/ipc/control.ts";
import { describeBadName, parseChannelName } from "../channels/channel-name.ts";

export type ConsoleLine =
  | { readonly is: "empty" }
  | { readonly is: "quit" }
  | { readonly is: "help" }
  | { readonly is: "status"; readonly only: "all" | "bad" }
  | { readonly is: "hub-status" }
  | { readonly is: "order"; readonly order: SupervisorOrder }
  | { readonly is: "wrong"; readonly says: string };

type OfChannel = "start" | "stop" | "restart";
const OF_CHANNEL = {
  start: "start-channel",
  stop: "stop-channel",
  restart: "restart-channel",
} as const satisfies Record<OfChannel, string>;
const OF_ALL = {
  "start-all": "start-all",
  "stop-all": "stop-all",
  "restart-all": "restart-all",
  "hub-restart": "restart-hub",
} as const;

/** In the order help shows them. */
export const CONSOLE_COMMANDS: readonly { readonly word: string; readonly says: string }[] = [
  { word: "status", says: "one row per process; status bad: only those in trouble" },
  { word: "start", says: "start <channel>: it stays started" },
  { word: "stop", says: "stop <channel>: it stays stopped, over restarts of the house" },
  { word: "restart", says: "restart <channel>: a new process, and its pid" },
  { word: "start-all", says: "starts every channel that was stopped" },
  { word: "stop-all", says: "stops every channel; the hub stays" },
  { word: "restart-all", says: "restarts every channel, a few at a time" },
  { word: "hub-status", says: "the hub's own view: EventSub session, token, subscriptions" },
  { word: "hub-restart", says: "a new hub process; workers chat on meanwhile" },
  { word: "help", says: "this" },
  { word: "quit", says: "leaves the console; the bot goes on" },
];

export function parseConsoleLine(text: string): ConsoleLine {
  const [word = "", name, ...more] = text.trim().split(/\s+/);
  if (word === "") return { is: "empty" };
  if (more.length > 0)
    return { is: "wrong", says: `"${more.join(" ")}" is too much behind "${word} ${name}"` };
  if (isKeyOf(OF_CHANNEL, word)) return orderOfChannel(word, name);
  if (word === "status" && name === "bad") return { is: "status", only: "bad" };
  if (name !== undefined) return { is: "wrong", says: `${word} stands alone, without "${name}"` };
  if (isKeyOf(OF_ALL, word)) return { is: "order", order: { do: OF_ALL[word] } };
  switch (word) {
    case "status":
      return { is: "status", only: "all" };
    case "hub-status":
    case "help":
    case "quit":
      return { is: word };
    case "exit":
      return { is: "quit" };
    case "hub-resync":
      return {
        is: "wrong",
        says: "the hub compares its subscriptions with Twitch by itself; hub-restart makes it begin anew",
      };
    default:
      return { is: "wrong", says: `there is no "${word}"; help shows what there is` };
  }
}

function orderOfChannel(word: OfChannel, name: string | undefined): ConsoleLine {
  if (name === undefined) {
    const house = word === "start" ? "" : `, ./kissbot.sh ${word} for the whole house`;
    return { is: "wrong", says: `${word} which? ${word} <channel>, ${word}-all for every channel${house}` };
  }
  const channel = parseChannelName(name);
  return channel === undefined
    ? { is: "wrong", says: describeBadName(name) }
    : { is: "order", order: { do: OF_CHANNEL[word], channel } };
}

/** readline's way: what could stand there, and the text it would replace. */
export function completeConsoleLine(text: string, channels: readonly string[]): [string[], string] {
  const before = text.trimStart();
  const [word = "", name] = before.split(/\s+/);
  if (name === undefined) {
    return [
      CONSOLE_COMMANDS.filter((command) => command.word.startsWith(word)).map(
        (command) => `${command.word}${Object.hasOwn(OF_CHANNEL, command.word) ? " " : ""}`,
      ),
      word,
    ];
  }
  if (!Object.hasOwn(OF_CHANNEL, word)) return [[], name];
  const wanted = name.replace(/^#/, "").toLowerCase();
  return [channels.filter((channel) => channel.startsWith(wanted)), name];
}

const isKeyOf = <Keys extends object>(of: Keys, word: string): word is keyof Keys & string =>
  Object.hasOwn(of, word);
