import * as v from "valibot";
import type { Login } from "../../shared/ids.ts";
import { type ChannelOrder, changeChannelBook } from "../channels/change-book.ts";
import { describeBadName, parseChannelName } from "../channels/channel-name.ts";
import { orderSupervisor, reportOrdered } from "../order-supervisor.ts";
import { readSupervisorNote } from "../supervisor-note.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const ORDERS = {
  add: "add-channel",
  remove: "remove-channel",
  enable: "enable-channel",
  disable: "disable-channel",
} as const;

export default defineVerb({
  name: "channels",
  summary: "list, add, remove, enable or disable channels; only the one that is named starts or stops",
  arguments: [
    { name: "[action]", says: "list (default), add, remove, enable or disable" },
    { name: "[channel]", says: "its name, with or without #" },
  ],
  actions: ["list", ...Object.keys(ORDERS)],
  flags: [{ flags: "--json", says: "the answer for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  async run({ args, options }, desk) {
    const parsed = parseChannelOrder(args);
    if (parsed.is === "wrong") {
      desk.warn(`kissbot: ${parsed.says}`);
      return EXIT_USAGE;
    }
    const { home, clock } = desk;
    const ordered =
      readSupervisorNote(home).is === "alive"
        ? await orderSupervisor(parsed.order, home, clock)
        : changeChannelBook(parsed.order, home);
    return reportOrdered(ordered, options.json, desk);
  },
});

/** Pure. */
export function parseChannelOrder(
  args: readonly string[],
): { readonly is: "order"; readonly order: ChannelOrder } | { readonly is: "wrong"; readonly says: string } {
  const [action = "list", name] = args;
  if (action === "list") {
    if (name === undefined) return { is: "order", order: { do: "list-channels" } };
    return { is: "wrong", says: `channels list stands alone, without "${name}"` };
  }
  if (!isAction(action)) {
    return { is: "wrong", says: `channels knows list, add, remove, enable and disable, not "${action}"` };
  }
  if (name === undefined) return { is: "wrong", says: `channels ${action} which? Name the channel` };
  const channel: Login | undefined = parseChannelName(name);
  return channel === undefined
    ? { is: "wrong", says: describeBadName(name) }
    : { is: "order", order: { do: ORDERS[action], channel } };
}

const isAction = (text: string): text is keyof typeof ORDERS => Object.hasOwn(ORDERS, text);
