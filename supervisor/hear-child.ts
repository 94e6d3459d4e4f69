/** What a child tells of itself, noted at its post; answers with what that means for its life. */
import type { Clock } from "../shared/clock.ts";
import type { ChildToSupervisor, Trouble } from "../shared/ipc/supervisor-child.ts";
import type { Logger } from "../shared/log.ts";
import { isOver, noteEvent, noteTroubles } from "./child-errors.ts";
import type { ChildEvent } from "./child-spec.ts";
import { stepMinuteRates } from "./minute-rates.ts";
import type { Post } from "./post.ts";

export type ChildTells = Exclude<ChildToSupervisor, { kind: "hello" }>;

export function hearChild(
  post: Post,
  message: ChildTells,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): ChildEvent | undefined {
  const who = post.child.spec.id;
  const now = clock.now();
  switch (message.kind) {
    case "stage":
      return { kind: "stage", stage: message.stage };
    case "beat":
      post.usage = message.usage;
      post.counters = message.counters;
      post.minute = stepMinuteRates(post.minute, message.counters, now);
      return { kind: "beat" };
    case "condition": {
      const known = new Set(
        post.errors.flatMap((error) => (error.kind === "lasting" && !isOver(error, now) ? error.code : [])),
      );
      logChanges(known, message.troubles, (level, fields) =>
        log[level]({ who, ...fields }, "child's trouble"),
      );
      post.errors = noteTroubles(post.errors, message.troubles, now);
      return { kind: "waits", waits: message.waits };
    }
    case "settings-changed":
      // The supervisor's own affair, not the child's life.
      return undefined;
    case "trouble":
      log.warn({ who, code: message.code, detail: message.detail }, "child told of trouble");
      post.errors = noteEvent(post.errors, message, now);
      return undefined;
  }
}

function logChanges(
  known: ReadonlySet<string>,
  told: readonly Trouble[],
  write: (level: "warn" | "info", fields: object) => void,
): void {
  const codes = new Set(told.map(({ code }) => code));
  for (const trouble of told) if (!known.has(trouble.code)) write("warn", { ...trouble, is: "begun" });
  for (const code of known) if (!codes.has(code)) write("info", { code, is: "over" });
}
