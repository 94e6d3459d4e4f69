/** `channels …` while no house runs: the wish is changed in the database, and the next start carries it out. */
import { makeAuditLog } from "../../db/audit-log.ts";
import { auditChannels } from "../../db/audited-channels.ts";
import { type ChannelBook, makeChannelBook } from "../../db/channels.ts";
import { openDatabase } from "../../db/open.ts";
import type { Home } from "../../shared/home.ts";
import type { Login } from "../../shared/ids.ts";
import type { ChannelWish, SupervisorOrder } from "../../shared/ipc/control.ts";
import { getConfig } from "../../shared/load-config.ts";
import type { Ordered } from "../order-supervisor.ts";

export type ChannelOrder = Extract<
  SupervisorOrder,
  { do: "list-channels" | "add-channel" | "remove-channel" | "enable-channel" | "disable-channel" }
>;

/** @throws KissError config-missing, config-wrong: what is configured belongs to the wish. */
export function changeChannelBook(order: ChannelOrder, home: Home): Ordered {
  const config = getConfig(home.configFile);
  const db = openDatabase(home.database);
  try {
    const book = auditChannels(makeChannelBook(db), makeAuditLog(db, "cli"));
    book.seed(config.twitch.channels);
    return carryOut(order, book);
  } finally {
    db.close();
  }
}

function carryOut(order: ChannelOrder, book: ChannelBook): Ordered {
  if (order.do === "list-channels") return { is: "channels", channels: book.all() };
  const because = whyNot(order.do, order.channel, book.all());
  if (because !== undefined) return { is: "refused", because };
  const { channel } = order;
  switch (order.do) {
    case "add-channel":
      book.add(channel);
      return done(`${channel} is added; it runs from the next start on`);
    case "remove-channel":
      book.remove(channel);
      return done(`${channel} is removed`);
    case "enable-channel":
      book.setEnabled(channel, true);
      return done(`${channel} is enabled; it runs from the next start on`);
    case "disable-channel":
      book.setEnabled(channel, false);
      return done(`${channel} is disabled`);
  }
}

/** Pure: what stands against an order, in a sentence that says what to do instead. */
export function whyNot(
  order: Exclude<ChannelOrder["do"], "list-channels">,
  channel: Login,
  known: readonly ChannelWish[],
): string | undefined {
  if (order === "add-channel") return undefined;
  const wish = known.find((one) => one.channel === channel);
  if (!wish) {
    const names = known.map((one) => one.channel);
    return `there is no channel ${channel}; ${names.length === 0 ? "there are none yet" : `there are ${names.join(", ")}`}`;
  }
  if (order === "remove-channel" && wish.origin === "config") {
    return `${channel} is named in config.yaml: remove it there, or disable it`;
  }
  return undefined;
}

const done = (line: string): Ordered => ({ is: "done", lines: [line] });
