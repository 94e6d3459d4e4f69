/** The grants this worker holds and lately held, and what the hub has been told of each. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { GrantUse, Permit, PermitKind } from "../../shared/ipc/permit-words.ts";

export interface Purse {
  /** `askedAt`: when the wish was written; the grant's age is counted from there. */
  put(permit: Permit, askedAt: Millis): void;
  /** Takes one out: to be used at once or given back. */
  take(wants: PermitKind, asViewer: boolean): Taken | undefined;
  has(wants: PermitKind, asViewer: boolean): boolean;
  /** Without a grant, on our own account; to be used within this time. */
  takeOwn(wants: PermitKind, name: string, withinMs: Millis): Taken;
  /** One that was taken and not used yet may be used now. */
  ownUses(wants: PermitKind): readonly Millis[];
  /** What is left, of all or of one kind only, won't be used any more. */
  letGo(wants: PermitKind, which: "all" | "for-viewers" | "not-for-viewers"): void;
  /** Whatever the hub does not know yet. It counts as told. */
  takeNews(): readonly GrantUse[];
  hasNews(): boolean;
  /** Everything that may still count. It counts as told. */
  takeAll(): readonly GrantUse[];
  /** When the next grant that has something left runs out. */
  nextEndAt(): Millis | undefined;
}

export interface Taken {
  /** It was more than one: there is room for several. */
  readonly isOfLease: boolean;
  used(): void;
  giveBack(): void;
}

interface Held {
  readonly name: string;
  readonly wants: PermitKind;
  readonly asViewer: boolean;
  readonly isLease: boolean;
  readonly isOwn: boolean;
  /** On our clock. */
  readonly until: Millis;
  left: number;
  taken: number;
  readonly usedAt: Millis[];
  isTold: boolean;
}

/** Longer than any use counts. */
const REMEMBERED_FOR_MS: Millis = 60_000;

export function makePurse(clock: Clock): Purse {
  const held = new Map<string, Held>();
  const isUsable = (one: Held, wants: PermitKind, asViewer: boolean, now: Millis) =>
    one.wants === wants && one.left > 0 && now < one.until && (one.asViewer || !asViewer);
  const expire = (now: Millis) => {
    for (const one of held.values()) {
      if (one.left > 0 && now >= one.until) {
        one.left = 0;
        one.isTold = false;
      }
      if (now - Math.max(one.until, one.usedAt.at(-1) ?? 0) > REMEMBERED_FOR_MS) held.delete(one.name);
    }
  };
  const toTaken = (one: Held): Taken => ({
    isOfLease: one.isLease,
    used() {
      one.taken -= 1;
      one.usedAt.push(clock.now());
      one.isTold = false;
    },
    giveBack() {
      one.taken -= 1;
      one.left += 1;
    },
  });
  const tell = (ones: readonly Held[]): readonly GrantUse[] => {
    const now = clock.now();
    return ones.map((one) => {
      one.isTold = true;
      return {
        grant: one.name,
        wants: one.wants,
        usedAgoMs: one.usedAt.map((at) => Math.max(0, now - at)),
        left: one.left + one.taken,
      };
    });
  };
  const all = () => {
    expire(clock.now());
    return [...held.values()];
  };

  return {
    put({ grant, wants, asViewer, count, waitedMs, goodForMs }, askedAt) {
      held.set(grant, {
        name: grant,
        wants,
        asViewer,
        isLease: count > 1,
        isOwn: false,
        until: askedAt + waitedMs + goodForMs,
        left: count,
        taken: 0,
        usedAt: [],
        isTold: true,
      });
    },
    take(wants, asViewer) {
      const now = clock.now();
      const usable = [...held.values()].filter((one) => isUsable(one, wants, asViewer, now));
      const soonestOver = usable.sort((a, b) => a.until - b.until)[0];
      if (!soonestOver) return undefined;
      soonestOver.left -= 1;
      soonestOver.taken += 1;
      return toTaken(soonestOver);
    },
    has: (wants, asViewer) => [...held.values()].some((one) => isUsable(one, wants, asViewer, clock.now())),
    takeOwn(wants, name, withinMs) {
      const until = clock.now() + withinMs;
      const own = { name, wants, asViewer: true, isLease: false, isOwn: true, until, left: 0, taken: 1 };
      const one: Held = { ...own, usedAt: [], isTold: false };
      held.set(name, one);
      return { ...toTaken(one), giveBack: () => void held.delete(name) };
    },
    ownUses(wants) {
      const ours = [...held.values()].filter((one) => one.isOwn && one.wants === wants);
      return ours.flatMap((one) => (one.taken > 0 ? [clock.now()] : one.usedAt));
    },
    letGo(wants, which) {
      for (const one of held.values()) {
        if (one.wants !== wants || one.left === 0) continue;
        if (which !== "all" && one.asViewer !== (which === "for-viewers")) continue;
        one.left = 0;
        one.isTold = false;
      }
    },
    takeNews: () => tell(all().filter((one) => !one.isTold)),
    hasNews: () => all().some((one) => !one.isTold),
    takeAll: () => tell(all()),
    nextEndAt() {
      const ends = all().flatMap((one) => (one.left > 0 ? [one.until] : []));
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
  };
}
