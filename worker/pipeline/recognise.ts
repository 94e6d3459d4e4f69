/** Room 2. Afterwards true: we know whose it is. */
import type { CommandCall } from "../module.ts";
import type { Command, Listener, Registry } from "../registry.ts";
import type { ChatMessage, EventSignal, Signal } from "../signal.ts";
import { parseCommandText } from "./command-text.ts";

export type Recognised =
  | { readonly is: "command"; readonly command: Command; readonly call: CommandCall }
  | { readonly is: "event"; readonly signal: EventSignal; readonly listeners: readonly Listener[] };

export function recognise(
  signal: Signal,
  using: { readonly registry: Registry; readonly prefix: string },
): Recognised | { readonly is: "unaddressed" } {
  if (signal.kind === "chat-message") return recogniseCommand(signal, using.registry, using.prefix);
  const listeners = using.registry.listeners(signal.body.topic);
  return listeners.length === 0 ? { is: "unaddressed" } : { is: "event", signal, listeners };
}

function recogniseCommand(
  message: ChatMessage,
  registry: Registry,
  prefix: string,
): Recognised | { readonly is: "unaddressed" } {
  const text = parseCommandText(message.text, prefix);
  const command = text && registry.findCommand(text.word);
  if (command) return { is: "command", command, call: { message, ...text } };
  const reply = text === undefined ? registry.findReply(message) : undefined;
  return reply ? { is: "command", ...reply } : { is: "unaddressed" };
}
