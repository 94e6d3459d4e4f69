/**
 * Stands in the hub's EventSub line: what the simulator says passes through as it is (welcome, keepalives, closing),
 * and channel updates are added at the rate a bench asks for, each a copy of one that the simulator itself sent for
 * that channel, with its own message id, and the instant it left in the title. The simulator makes a tenth of what the
 * hub takes: measuring with it would measure it.
 */
import type { AddressInfo, Socket } from "node:net";
import WebSocket, { WebSocketServer } from "ws";
import { answerOrders, nowNanos } from "./bench-child.ts";
import { BARE_PATH, type Fed } from "./hub-fed.ts";

/** A notification of the simulator's, cut at what differs from one to the next. */
interface Mould {
  readonly head: string;
  readonly middle: string;
  readonly tail: string;
}

const NANOS_PER_MS = 1_000_000;
/** A line that nobody reads is not fed further: the kernel's buffers are not what is measured. */
const UNSENT_BYTES_MAX = 256 * 1024;
const BURST = 64;
const BYTE_BITS = 8;
const BYTE_MASK = 0xff;

/** A WebSocket and the connection under it. */
interface Line {
  readonly frames: WebSocket;
  readonly bytes: Socket;
}

const lines = new Map<Fed, Line>();
const moulds = new Map<string, Mould>();
let serial = 0;

function castMould(text: string): Mould {
  const frame = JSON.parse(text);
  const marked = JSON.stringify({
    ...frame,
    metadata: { ...frame.metadata, message_id: "\u0001" },
    payload: { ...frame.payload, event: { ...frame.payload.event, title: "\u0002" } },
  });
  const [head = "", rest = ""] = marked.split("\\u0001");
  const [middle = "", tail = ""] = rest.split("\\u0002");
  if (tail === "" || !/^[\x20-\x7e]*$/.test(marked)) throw new Error(`no mould can be cast from ${text}`);
  return { head, middle, tail };
}

function hear(text: string): void {
  if (!text.includes('"message_type":"notification"')) return;
  const { payload } = JSON.parse(text);
  if (payload.subscription.type === "channel.update")
    moulds.set(payload.event.broadcaster_user_login, castMould(text));
}

function open(upstream: string): Promise<number> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket, request) => {
    const url = request.url ?? "";
    const line: Line = { frames: socket, bytes: request.socket };
    if (url === BARE_PATH) return void lines.set("bare", line);
    const source = new WebSocket(`${upstream}${url.replace(/^[^?]*/, "")}`);
    lines.set("hub", line);
    source.on("message", (data) => {
      hear(String(data));
      socket.send(String(data));
    });
    source.on("close", () => socket.terminate());
    source.on("error", () => socket.terminate());
    socket.on("close", () => source.terminate());
  });
  return new Promise((resolve) => {
    server.once("listening", () => resolve((server.address() as AddressInfo).port));
  });
}

function lineOf(fed: Fed): Line {
  const line = lines.get(fed);
  if (!line) throw new Error(`nobody is there to be fed as ${fed}`);
  return line;
}

/**
 * So many, for the channels in turn; the next go on where these ended. The frames are made here and written as one
 * piece: Twitch's work is not done on the machine that is measured, so it shall cost as little of it as it can.
 */
function makeSend(fed: Fed, channels: readonly string[] = [...moulds.keys()]): (count: number) => void {
  const { bytes } = lineOf(fed);
  const cast = channels.flatMap((channel) => moulds.get(channel) ?? []);
  let turn = 0;
  return (count) => {
    let text = "";
    for (const end = turn + count; turn < end; turn += 1) {
      const mould = cast[turn % cast.length];
      serial += 1;
      if (mould) text += toFrame(`${mould.head}feed-${serial}${mould.middle}${nowNanos()}${mould.tail}`);
    }
    // A character is a byte: see castMould.
    if (text !== "") bytes.write(text, "latin1");
  };
}

const TEXT_FRAME = "\u0081";
const LENGTH_IN_TWO_BYTES = "\u007e";

/** RFC 6455, 5.2: whole, unmasked as a server's are, of 126 to 65,535 bytes. */
const toFrame = (text: string): string =>
  TEXT_FRAME +
  LENGTH_IN_TWO_BYTES +
  String.fromCharCode(text.length >>> BYTE_BITS, text.length & BYTE_MASK) +
  text;

interface Pace {
  readonly fed: Fed;
  readonly perSecond: number;
  readonly forMs: number;
  /** Left out: all. */
  readonly channels?: readonly string[];
}

/** So many a second, spread over the channels and over each second; what a late timer missed is caught up with. */
function pace({ fed, perSecond, forMs, channels }: Pace): Promise<number> {
  const send = makeSend(fed, channels);
  const beganAt = nowNanos();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = Number(nowNanos() - beganAt) / NANOS_PER_MS;
      const due = Math.floor((Math.min(elapsedMs, forMs) * perSecond) / 1_000);
      send(due - sent);
      sent = due;
      if (elapsedMs < forMs) return;
      clearInterval(timer);
      resolve(sent);
    }, 1);
  });
}

/** As many as the line takes, and never more than `ahead` of what has arrived. */
let isFlooding = false;
let flooded = 0;
let arrived = 0;
function flood(fed: Fed, ahead: number): void {
  const line = lineOf(fed);
  const send = makeSend(fed);
  [flooded, arrived, isFlooding] = [0, 0, true];
  const room = () =>
    line.frames.bufferedAmount < UNSENT_BYTES_MAX ? Math.min(BURST, ahead - (flooded - arrived)) : 0;
  const more = () => {
    const count = Math.max(0, room());
    send(count);
    flooded += count;
    // Whoever waits for the others leaves them the processor.
    if (isFlooding) room() > 0 ? setImmediate(more) : setTimeout(more, 1);
  };
  more();
}

const orders = {
  open: ({ upstream }: { readonly upstream: string }) => open(upstream),
  /** For how many there is a mould. */
  channels: (_: null) => moulds.size,
  pace,
  flood: ({ fed, ahead }: { readonly fed: Fed; readonly ahead: number }) => flood(fed, ahead),
  arrived(count: number) {
    arrived = count;
  },
  stopFlood(_: null) {
    isFlooding = false;
    return flooded;
  },
};
export type FeederOrders = typeof orders;

answerOrders(orders);
