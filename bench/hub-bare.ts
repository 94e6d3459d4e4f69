/**
 * What there is to compare the hub with, on the same frames and before the same links: a server that does nothing
 * for its money. It says the welcome the links need, reads what they answer and throws it away.
 *
 * - `broadcast`: one event, made into JSON once, written to every link, corked, as fast as they read.
 * - `relay`: the hub's own way without what makes it a hub: a WebSocket in, one JSON.parse to find the channel, one
 *   JSON.stringify, one corked write to that channel's link. Nothing checked, numbered, kept or told apart.
 */
import { createServer, type Socket } from "node:net";
import WebSocket from "ws";
import { HUB_WORKER_VERSION, type HubEvent, type HubToWorker } from "../shared/ipc/hub-worker.ts";
import { FRAME_END, FRAME_TYPE } from "../shared/ipc/wire.ts";
import { answerOrders, nowNanos } from "./bench-child.ts";
import { BARE_EPOCH, BARE_PATH } from "./hub-fed.ts";

const sockets = new Map<string, { readonly socket: Socket; seq: number }>();
const toFrame = (message: HubToWorker): string =>
  JSON.stringify({ type: FRAME_TYPE, data: message }) + FRAME_END;

function welcome(channel: string, socket: Socket): void {
  sockets.set(channel, { socket, seq: 0 });
  socket.write(
    toFrame({
      kind: "welcome",
      version: HUB_WORKER_VERSION,
      epoch: BARE_EPOCH,
      channelId: "1",
      channelName: channel,
      bot: { userId: "2", login: "kissbot" },
    } as HubToWorker),
  );
  socket.write(toFrame({ kind: "topics-settled" }));
}

function listen(path: string): Promise<void> {
  const server = createServer((socket) => {
    socket.setEncoding("utf8");
    socket.once("data", (text: string) => {
      const [hello = ""] = text.split(FRAME_END);
      welcome(JSON.parse(hello).data.channel, socket);
      socket.on("data", () => {});
    });
    socket.on("error", () => {});
  });
  return new Promise((resolve) => server.listen(path, resolve));
}

const eventOf = (channel: string, seq: number, title: string): HubEvent => ({
  kind: "event",
  seq,
  id: `feed-${seq}`,
  at: "2026-01-01T00:00:00.000000000Z",
  body: {
    topic: "channel.update",
    broadcasterLogin: channel,
    broadcasterName: channel,
    title,
    language: "en",
    categoryId: "509658",
    categoryName: "Just Chatting",
  },
});

let isBroadcasting = false;
let seq = 0;
function broadcast(burst: number): void {
  if (!isBroadcasting) return;
  const ready = [...sockets.values()].filter(({ socket }) => !socket.writableNeedDrain);
  // Numbers are the same for all: whoever lags behind holds up the round.
  if (ready.length === sockets.size) {
    for (const { socket } of ready) socket.cork();
    for (let n = 0; n < burst; n += 1) {
      seq += 1;
      const frame = toFrame(eventOf("bench_channel_0", seq, String(nowNanos())));
      for (const { socket } of ready) socket.write(frame);
    }
    for (const { socket } of ready) socket.uncork();
  }
  setImmediate(broadcast, burst);
}

function relay(upstream: string): Promise<void> {
  const source = new WebSocket(upstream);
  source.on("message", (data) => {
    const { metadata, payload } = JSON.parse(String(data));
    if (metadata.message_type !== "notification") return;
    const place = sockets.get(payload.event.broadcaster_user_login);
    if (!place) return;
    place.seq += 1;
    place.socket.cork();
    place.socket.write(
      toFrame(eventOf(payload.event.broadcaster_user_login, place.seq, payload.event.title)),
    );
    process.nextTick(() => place.socket.uncork());
  });
  return new Promise((resolve) => source.once("open", () => resolve()));
}

const orders = {
  listen: ({ path }: { readonly path: string }) => listen(path),
  broadcast({ burst }: { readonly burst: number }) {
    isBroadcasting = true;
    broadcast(burst);
  },
  stopBroadcast(_: null) {
    isBroadcasting = false;
    return seq;
  },
  relay: ({ upstream }: { readonly upstream: string }) => relay(`${upstream}${BARE_PATH}`),
};
export type BareOrders = typeof orders;

answerOrders(orders);
