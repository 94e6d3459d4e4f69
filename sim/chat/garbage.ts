import type { Fault } from "../faults.ts";

type GarbageKind = Extract<Fault, { do: "garble" }>["with"];

const HUGE_CHARACTERS = 1024 * 1024;

/** Something no IRC client should stumble over, and some do. */
export function toGarbage(kind: GarbageKind): string | Buffer {
  switch (kind) {
    case "not-json":
      // Tags and a prefix, and then no command.
      return "@badges;=;;=x :tmi.twitch.tv\r\n";
    case "unknown-type":
      return ":tmi.twitch.tv SOMETHINGNEW #nowhere :that no client has heard of\r\n";
    case "huge":
      return `:tmi.twitch.tv NOTICE * :${"a".repeat(HUGE_CHARACTERS)}\r\n`;
    case "binary":
      return Buffer.concat([
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        Buffer.from("\r\n"),
      ]);
  }
}
