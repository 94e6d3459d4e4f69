import type { AuditEventName } from "../shared/audit-events.ts";
import type { Login } from "../shared/ids.ts";
import type { AuditWriter } from "./audit-log.ts";
import type { ChannelBook } from "./channels.ts";

const OPERATOR = "operator";

/** The desired state per channel; each change is told of in the audit log. */
export function auditChannels(book: ChannelBook, audit: AuditWriter): ChannelBook {
  const tell = (event: ChannelEventName, channel: Login, person: string) =>
    audit.write(event, {}, { channel, person });
  const names = () => new Set(book.all().map(({ channel }) => channel));
  return {
    all: book.all,
    seed(configured) {
      const before = names();
      book.seed(configured);
      const after = names();
      for (const channel of after) if (!before.has(channel)) tell("channel-added", channel, "config.yaml");
      for (const channel of before) if (!after.has(channel)) tell("channel-removed", channel, "config.yaml");
    },
    add(channel) {
      book.add(channel);
      tell("channel-added", channel, OPERATOR);
    },
    remove(channel) {
      const isOther = book.remove(channel);
      if (isOther) tell("channel-removed", channel, OPERATOR);
      return isOther;
    },
    setEnabled(channel, isEnabled) {
      const isOther = book.setEnabled(channel, isEnabled);
      if (isOther) tell(isEnabled ? "channel-enabled" : "channel-disabled", channel, OPERATOR);
      return isOther;
    },
    setStopped(channel, isStopped) {
      const isOther = book.setStopped(channel, isStopped);
      if (isOther) tell(isStopped ? "channel-stopped" : "channel-started", channel, OPERATOR);
      return isOther;
    },
  };
}

type ChannelEventName = Extract<AuditEventName, `channel-${string}`>;
