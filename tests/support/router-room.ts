/** The hub's router with two channels, scripted workers, and a journal in memory that outlives it. */
import * as v from "valibot";
import type { Notification } from "../../hub/eventsub/parse-frame.ts";
import { makeJournal } from "../../hub/journal.ts";
import type { WorkerLink } from "../../hub/post.ts";
import { makeRouter } from "../../hub/router.ts";
import { ChannelId, Login } from "../../shared/ids.ts";
import type { HubToWorker } from "../../shared/ipc/hub-worker.ts";
import { makeFakeClock } from "./fake-clock.ts";
import { type MemoryJournal, makeMemoryJournal, noTrouble } from "./memory-journal.ts";
import { silentLog } from "./silent-log.ts";

export const alice = v.parse(Login, "alice");
export const bob = v.parse(Login, "bob");
export const idOf = new Map([
  [alice, v.parse(ChannelId, "1")],
  [bob, v.parse(ChannelId, "2")],
]);

/** A channel.update whose title is its number, so that every one differs. */
export type Notified = Pick<Notification, "messageId" | "at" | "type" | "event">;
export const update = (channel: Login, title: string, messageId = `m-${channel}-${title}`): Notified => ({
  messageId,
  at: "2026-01-01T00:00:00Z",
  type: "channel.update",
  event: {
    broadcaster_user_id: idOf.get(channel),
    broadcaster_user_login: channel,
    broadcaster_user_name: channel,
    title,
    language: "en",
    category_id: "1",
    category_name: "C",
  },
});

/** The same as we would make it ourselves. */
export const titled = (title: string) => ({
  topic: "channel.update" as const,
  broadcasterLogin: "alice",
  broadcasterName: "alice",
  title,
  language: "en",
  categoryId: "1",
  categoryName: "C",
});

export function makeWorkerLink() {
  const heard: string[] = [];
  let isClosed = false;
  const link: WorkerLink = {
    send(said) {
      if (isClosed) return "closed";
      const message: HubToWorker = typeof said === "string" ? JSON.parse(said) : said;
      if (message.kind === "event" && message.body.topic === "channel.update")
        heard.push(`${message.seq} ${message.body.title}`);
      if (message.kind === "gap") heard.push(`gap ${message.fromSeq}-${message.toSeq}`);
      return "sent";
    },
    close() {
      isClosed = true;
    },
  };
  return { link, heard, isClosed: () => isClosed, cut: () => (isClosed = true) };
}

export function openRouter(
  store: MemoryJournal = makeMemoryJournal(),
  clock = makeFakeClock(),
  log = silentLog,
) {
  const journal = makeJournal({ store, clock, log, onTrouble: noTrouble });
  const router = makeRouter({ clock, log, journal });
  for (const [channel, id] of idOf) router.know(channel, id);
  router.restore(journal.load());
  return { clock, router, store, journal };
}
