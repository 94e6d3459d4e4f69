/** The verbs that order one thing of one channel differ in their name only, which is also the order's. */
import * as v from "valibot";
import type { Login } from "../../shared/ids.ts";
import type { SupervisorOrder } from "../../shared/ipc/control.ts";
import { orderSupervisor, reportOrdered } from "../order-supervisor.ts";
import { type AnyVerb, defineVerb, EXIT_USAGE } from "../verb.ts";
import { describeBadName, parseChannelName } from "./channel-name.ts";

export function defineChannelVerb(using: {
  readonly name: "start-channel" | "stop-channel" | "restart-channel";
  readonly summary: string;
}): AnyVerb {
  const orderFor = (channel: Login): SupervisorOrder => ({ do: using.name, channel });
  return defineVerb({
    ...using,
    arguments: [{ name: "<channel>", says: "its name, with or without #" }],
    flags: [{ flags: "--json", says: "the answer for scripts" }],
    options: v.object({ json: v.optional(v.boolean(), false) }),
    async run({ args: [name = ""], options }, desk) {
      const channel = parseChannelName(name);
      if (channel === undefined) {
        desk.warn(`kissbot: ${describeBadName(name)}`);
        return EXIT_USAGE;
      }
      const ordered = await orderSupervisor(orderFor(channel), desk.home, desk.clock);
      return reportOrdered(ordered, options.json, desk);
    },
  });
}
