/** Listens to GET /sim/feed: everything that is said and happens in the simulated Twitch, one JSON line each. */
import * as v from "valibot";
import type { SimAddress } from "./sim-process.ts";

export type FeedLine = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly channel?: string | undefined;
  readonly atMs: number;
};

const FeedLine = v.pipe(
  v.looseObject({ kind: v.string(), at: v.string(), channel: v.optional(v.string()) }),
  v.transform((line): FeedLine => ({ ...line, atMs: Date.parse(line.at) })),
);

const ChatLine = v.object({
  kind: v.literal("chat-message"),
  channel: v.string(),
  user: v.string(),
  text: v.string(),
  atMs: v.number(),
});
export type ChatLine = v.InferOutput<typeof ChatLine>;

export const toChatLine = (line: FeedLine): ChatLine | undefined => {
  const parsed = v.safeParse(ChatLine, line);
  return parsed.success ? parsed.output : undefined;
};

export interface SimFeed {
  /** Rejects when the feed breaks; resolves after `close`. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Resolves when the feed is open: what happens from then on is heard. */
export async function openSimFeed(address: SimAddress, onLine: (line: FeedLine) => void): Promise<SimFeed> {
  const closing = new AbortController();
  const response = await fetch(`http://127.0.0.1:${address.port}/sim/feed`, { signal: closing.signal });
  if (!response.ok || !response.body) throw new Error(`the simulator's feed answered ${response.status}`);
  const body = response.body;

  let opened: () => void = () => {};
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const read = async () => {
    let rest = "";
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const line = v.safeParse(v.pipe(v.string(), v.parseJson(), FeedLine), part);
        if (!line.success) continue;
        if (line.output.kind === "feed-opened") opened();
        else onLine(line.output);
      }
    }
  };
  const ended = read().catch((problem: unknown) => {
    if (!closing.signal.aborted) throw problem;
  });
  await Promise.race([open, ended]);
  return { ended, close: () => closing.abort() };
}
