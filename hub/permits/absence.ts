/**
 * What happened while no hub counted. The hub before this one wrote down what it granted; what workers did of
 * their own, on their away shares, they tell when they come. Where a share may have been used at all (the hub was
 * away for long) all of them count as used until every worker has told, or none can believe any more that there is
 * no hub.
 */
import type { Clock, Millis } from "../../shared/clock.ts";
import { PERMIT_KINDS, type PermitKind } from "../../shared/ipc/permit-words.ts";
import { allSharesOf, SHARES_REST_MS, sharesBeginAfterMs } from "./away-shares.ts";
import type { Limit } from "./limits.ts";
import type { MachineTime, PermitJournal, Restored } from "./permit-journal.ts";
import type { UseWindow } from "./use-window.ts";

export interface Absence {
  /** Whose workers could have something to tell. */
  expect(channels: readonly string[]): void;
  told(channel: string, isFresh: boolean): void;
  /** What was done while no hub counted is not known yet. */
  isOpen(): boolean;
  stop(): void;
}

export function makeAbsence(using: {
  readonly limits: Readonly<Record<PermitKind, Limit>>;
  readonly windows: Readonly<Record<PermitKind, UseWindow>>;
  readonly journal: PermitJournal;
  readonly machine: MachineTime;
  readonly clock: Clock;
  /** `isAllKnown`: nobody is missing who could have told something. */
  readonly onOver: (isAllKnown: boolean) => void;
}): Absence {
  const { limits, windows, clock } = using;
  const { restored } = using.journal;
  const now = clock.now();
  const upMs = using.machine.upMs();
  const told = new Set<string>();
  let expected: readonly string[] = [];
  let isOpen = mayHaveUsedShares(restored, upMs, sharesBeginAfterMs(limits));
  /** Somebody's predecessor may have used its share just before it ended, and can't tell any more. */
  let isSomebodyMissing = false;

  const restore = () => {
    for (const line of restored.lines) {
      const { kind, name, channel } = line;
      const toOurs = (at: Millis) => at - upMs + now;
      if (line.is === "granted") {
        const { count, asViewer } = line;
        windows[kind].add({ name, channel, count, asViewer, until: toOurs(line.until) }, now);
      } else {
        const usedAt = line.usedAt.map(toOurs);
        windows[kind].tell({ name, channel, asViewer: true, until: now }, { usedAt, left: line.left }, now);
      }
    }
  };
  const blockAll = (counts: Readonly<Record<PermitKind, number>>, untilOf: (limit: Limit) => Millis) => {
    for (const kind of PERMIT_KINDS) {
      const until = untilOf(limits[kind]);
      if (until > clock.now()) windows[kind].block(counts[kind], until);
    }
  };
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    cancel();
    for (const kind of PERMIT_KINDS) windows[kind].unblock();
    if (isSomebodyMissing) blockAll(allSharesOf(limits), ({ windowMs }) => clock.now() + windowMs);
    using.onOver(!isSomebodyMissing);
  };
  const lookRound = () => {
    if (expected.length > 0 && expected.every((channel) => told.has(channel))) end();
  };

  restore();
  const whole = { auth: limits.auth.any, join: limits.join.any, send: limits.send.any };
  // What was done before the machine was started is over when it has run for a window.
  if (restored.isOtherBoot) blockAll(whole, ({ windowMs }) => now - upMs + windowMs);
  if (isOpen) blockAll(allSharesOf(limits), ({ windowMs }) => now + SHARES_REST_MS + windowMs);
  const giveUp = () => {
    isSomebodyMissing = true;
    end();
  };
  const cancel = isOpen ? clock.after(SHARES_REST_MS, giveUp) : () => {};

  return {
    expect(channels) {
      expected = channels;
      if (isOpen) lookRound();
    },
    told(channel, isFresh) {
      if (!isOpen) return;
      told.add(channel);
      if (isFresh) isSomebodyMissing = true;
      lookRound();
    },
    isOpen: () => isOpen,
    stop: cancel,
  };
}

/** Pure. Also when one of them may be used before every worker has found this hub. */
function mayHaveUsedShares(
  { hubGoneAt, wasHouseEmpty }: Restored,
  upMs: Millis,
  beginAfterMs: Millis,
): boolean {
  return hubGoneAt !== undefined && !wasHouseEmpty && upMs + SHARES_REST_MS - hubGoneAt >= beginAfterMs;
}
