/**
 * Where a server meets a stranger: the first message must come soon and name a conversation this server holds.
 * The conversation then gets the wire as if nobody had listened before.
 */
import * as v from "valibot";
import type { Clock, Millis } from "../clock.ts";
import type { Logger } from "../log.ts";
import type { Wire } from "./wire.ts";

export const HELLO_WITHIN_MS: Millis = 2_000;

const AnyHello = v.object({ kind: v.literal("hello"), conversation: v.string(), version: v.number() });

export interface Conversation {
  readonly version: number;
  readonly begin: (wire: Wire) => void;
}

export function receiveStranger(
  wire: Wire,
  conversations: Readonly<Record<string, Conversation>>,
  using: { readonly clock: Clock; readonly log: Logger },
): void {
  let isOver = false;
  const refuse = (problem: string) => {
    if (isOver) return;
    isOver = true;
    using.log.warn({ problem }, "a stranger was refused");
    wire.write({ kind: "goodbye", because: problem });
    wire.close();
  };
  const cancel = using.clock.after(HELLO_WITHIN_MS, () => refuse("no hello in time"));
  wire.onClosed(cancel);
  wire.onMessage((first) => {
    cancel();
    if (isOver) return;
    const hello = v.safeParse(AnyHello, first);
    if (!hello.success) return refuse("the first message must be a hello");
    const { conversation: name, version } = hello.output;
    const conversation = Object.hasOwn(conversations, name) ? conversations[name] : undefined;
    if (!conversation) return refuse("this socket does not hold that conversation");
    if (version !== conversation.version) {
      return refuse(`version ${version} of ${name} was said, ${conversation.version} is spoken here`);
    }
    isOver = true;
    conversation.begin(beginningWith(first, wire));
  });
}

function beginningWith(first: unknown, wire: Wire): Wire {
  return {
    ...wire,
    onMessage(listen) {
      listen(first);
      wire.onMessage(listen);
    },
  };
}
