/**
 * What carries a conversation: whole messages in order, nothing more. A Unix socket (node-ipc's frames) or two
 * queues in a test. A wire knows no meaning; `link.ts` does.
 */
export interface Wire {
  /** "closed" rather than a throw: a peer that left is ordinary. */
  write(message: object | Encoded<object>): "written" | "closed";
  /** Called for each message, in order, from the moment it is set. Messages that came earlier are handed over at once. */
  onMessage(listen: (message: unknown) => void): void;
  /** Called once. */
  onClosed(listen: (because: WireEnd) => void): void;
  close(): void;
}

/** A message that is JSON already, because somebody keeps it or says it more than once. */
export type Encoded<Message> = string & { readonly __message: Message };

export const encode = <Message extends object>(message: Message): Encoded<Message> =>
  JSON.stringify(message) as Encoded<Message>;

export type WireEnd =
  | { readonly is: "closed-by-us" }
  | { readonly is: "peer-left" }
  /** The bytes were no frames, or a limit was passed. */
  | { readonly is: "peer-broke-protocol"; readonly problem: string };

/** node-ipc's frame: the JSON of `{type, data}` and a form feed, which JSON escapes and so never contains. */
export const FRAME_END = "\f";
/** The one event name on every wire; what a message means is its `kind`. */
export const FRAME_TYPE = "message";
/** Against a peer that babbles. */
export const FRAME_BYTES_MAX = 256 * 1024;
/**
 * What the cli takes from the house it asks: one answer tells of every channel, and a thousand of them with all that they
 * want are four megabytes. Only who dials for answers allows so much.
 */
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/**
 * What one peer may leave unread before it is cut off. The windows above this stay far below it; an answer may be longer,
 * and whatever follows it must find most of it read.
 */
export const PENDING_BYTES_MAX = 1024 * 1024;
/** Half a frame may wait this long for its other half. */
export const HALF_FRAME_MS = 5_000;
/** On closing, what was written gets this long to leave; a peer that does not read is then cut off. */
export const CLOSE_FLUSH_MS = 500;
