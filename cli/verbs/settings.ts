import * as v from "valibot";
import { carryOutSettings, type SettingsAction } from "../config/carry-out-settings.ts";
import { withSettings } from "../config/settings-session.ts";
import { describeOrdered, EXIT_REFUSED, orderSupervisor } from "../order-supervisor.ts";
import { safeText } from "../safe-text.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const ACTIONS = ["set", "unset", "log", "diff", "restore"] as const;
const isAction = (word: string): word is (typeof ACTIONS)[number] => ACTIONS.some((one) => one === word);

export default defineVerb({
  name: "settings",
  summary: "set, unset, log, diff or restore what a channel has of its own above the configuration",
  arguments: [
    {
      name: "[action]",
      says: "set KEY VALUE, unset KEY, log (default) [KEY], diff [FROM [TO]], restore REVISION",
    },
    { name: "[words...]", says: "a key is prefix, log.chat, announcements.stream_online.message, …" },
  ],
  actions: ACTIONS,
  flags: [
    {
      flags: "--channel <channel>",
      says: "its name, with or without #; where there is only one, it may be left out",
    },
    { flags: "--json", says: "the answer for scripts" },
  ],
  options: v.object({ channel: v.optional(v.string()), json: v.optional(v.boolean(), false) }),
  async run({ args, options }, desk) {
    const parsed = parseSettingsAction(args);
    if (parsed.is === "wrong") {
      desk.warn(`kissbot: ${parsed.says}`);
      return EXIT_USAGE;
    }
    const carried = await withSettings(desk, (session) =>
      carryOutSettings(parsed.action, options.channel, session),
    );
    if (carried.is === "refused") {
      desk.warn(`kissbot: ${safeText(carried.because)}`);
      return EXIT_REFUSED;
    }
    desk.say(options.json ? JSON.stringify(carried.json, null, 2) : carried.lines.join("\n"));
    if (!carried.hasChanged) return 0;
    if (readSupervisorNote(desk.home).is !== "alive") return 0;
    const ordered = await orderSupervisor({ do: "apply-settings" }, desk.home, desk.clock);
    if (ordered.is === "channels") return 0;
    if (ordered.is === "done") {
      if (!options.json) desk.say(describeOrdered(ordered));
      return 0;
    }
    desk.warn(`kissbot: it is written down, but the house could not be told: ${describeOrdered(ordered)}`);
    return EXIT_REFUSED;
  },
});

const USAGE =
  "settings knows: set KEY VALUE, unset KEY, log [KEY], diff [FROM [TO]], restore REVISION; 0 as a revision is how all began";

/** Pure. */
export function parseSettingsAction(
  args: readonly string[],
):
  | { readonly is: "action"; readonly action: SettingsAction }
  | { readonly is: "wrong"; readonly says: string } {
  const [name = "log", ...words] = args;
  const action = isAction(name) ? toAction(name, words) : undefined;
  return action ? { is: "action", action } : { is: "wrong", says: USAGE };
}

function toAction(name: (typeof ACTIONS)[number], words: readonly string[]): SettingsAction | undefined {
  const [first, second, ...more] = words;
  const isAlone = second === undefined;
  switch (name) {
    case "set":
      return first === undefined || isAlone
        ? undefined
        : { do: "set", key: first, value: [second, ...more].join(" ") };
    case "unset":
      return first !== undefined && isAlone ? { do: "unset", key: first } : undefined;
    case "log":
      return isAlone ? { do: "log", key: first } : undefined;
    case "diff": {
      const [from, to] = [toRevision(first ?? "0"), second === undefined ? undefined : toRevision(second)];
      if (from === undefined || (second !== undefined && to === undefined) || more.length > 0)
        return undefined;
      return { do: "diff", from, to };
    }
    case "restore": {
      const revision = toRevision(first);
      return revision !== undefined && isAlone ? { do: "restore", revision } : undefined;
    }
  }
}

const toRevision = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
