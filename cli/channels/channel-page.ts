/** What `channels list` shows. Pure. */
import type { ChannelWish } from "../../shared/ipc/control.ts";
import type { Paint } from "../paint.ts";
import { type Column, renderTable } from "../table.ts";

const COLUMNS: readonly Column[] = [
  { title: "channel", align: "left" },
  { title: "wish", align: "left" },
  { title: "comes from", align: "left" },
];

export function renderChannels(channels: readonly ChannelWish[], paint: Paint, columns: number): string {
  if (channels.length === 0) return "No channels. ./kissbot.sh channels add <channel> adds one.";
  const rows = channels.map((wish) => ({
    cells: [
      wish.channel,
      describeWish(wish),
      wish.origin === "config" ? "config.yaml" : "kissbot.sh channels add",
    ],
  }));
  const [titles = "", ...lines] = renderTable(COLUMNS, rows, columns);
  return [paint("dim", titles), ...lines].join("\n");
}

export function describeWish({ isEnabled, isStopped }: Pick<ChannelWish, "isEnabled" | "isStopped">): string {
  if (!isEnabled) return "disabled";
  return isStopped ? "stopped" : "runs";
}
