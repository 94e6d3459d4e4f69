/**
 * Sees to it that a house whose index of titles is spoilt or deleted while it runs has one again. The hub does it,
 * because there is one of it; workers ask for games as they are typed meanwhile and find the new file by themselves.
 * Promises: looking costs a few system calls and loads no engine; one build at a time; what fails is tried again with
 * growing rests and said once.
 */
import type { Built } from "../../engine/build-index.ts";
import { type IndexFile, lookAtIndexFile } from "../../engine/index-file.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { planIndexRepair } from "./plan-index-repair.ts";

export interface IndexKeeper {
  /** Resolves when nothing is being built any more. */
  stop(): Promise<void>;
}

/** What it needs of the engine; loaded when something is to be mended. */
export interface IndexBuilder {
  build(): Promise<Built>;
  /** What is wrong with the whole file. */
  verify(): Promise<string | undefined>;
}

export interface IndexTrouble {
  begins(code: "games-index-lost", detail: string): void;
  ends(code: "games-index-lost"): void;
}

const LOOK_EVERY_MS: Millis = 6_000;
const FIRST_REST_MS: Millis = 60_000;
const REST_MAX_MS: Millis = 6 * 60 * 60_000;
const CODE = "games-index-lost";

export function startIndexKeeper(using: {
  readonly file: string;
  readonly builder: IndexBuilder;
  readonly onTrouble: IndexTrouble;
  readonly clock: Clock;
  readonly log: Logger;
}): IndexKeeper {
  const { file, builder, onTrouble, clock, log } = using;
  let whole: Whole | undefined;
  let working: Promise<void> | undefined;
  let lastRead: { readonly mark: string; readonly damage: string | undefined } | undefined;
  let isLost = false;
  let failures = 0;
  let restUntil = Number.NEGATIVE_INFINITY;

  const lose = (because: string) => {
    if (!isLost) log.warn({ because }, "the index of games' titles is spoilt: it is built anew");
    isLost = true;
    onTrouble.begins(CODE, because);
  };
  const build = async (because: string) => {
    lose(because);
    const built = await builder.build();
    if (built.is === "failed") return fail(built.problem);
    const found = lookAtIndexFile(file);
    if (!isWhole(found)) return fail("what was built is spoilt, too");
    log.info(built.report, "the index of games' titles was built anew of the catalogue");
    // Whatever spoils it again at once does not keep the house building.
    restUntil = clock.now() + FIRST_REST_MS;
    isFoundWhole(found);
  };
  const fail = (because: string) => {
    if (failures === 0)
      log.error({ because }, "the index of games' titles can't be mended; it is tried again");
    isLost = true;
    onTrouble.begins(CODE, because);
    restUntil = clock.now() + Math.min(FIRST_REST_MS * 2 ** failures, REST_MAX_MS);
    failures += 1;
  };
  const isFoundWhole = (found: Whole) => {
    whole = found;
    failures = 0;
    if (isLost) onTrouble.ends(CODE);
    isLost = false;
  };
  /** Of one state of the file once. */
  const readAll = async (found: IndexFile) => {
    const mark = found.is === "there" ? found.mark : "";
    if (lastRead?.mark !== mark) lastRead = { mark, damage: await builder.verify() };
    return lastRead.damage;
  };
  const mend = async (found: IndexFile) => {
    const planned = planIndexRepair(whole, found);
    // By whomever: it may have been mended during a rest, too.
    if (planned.do === "nothing") return isWhole(found) && isFoundWhole(found);
    const damage = planned.do === "build" ? planned.because : await readAll(found);
    if (damage === undefined) return isWhole(found) && isFoundWhole(found);
    if (clock.now() >= restUntil) return build(damage);
    // Nobody is to take a house that rests for one whose index is whole.
    if (!isLost) lose(damage);
  };
  const look = () => {
    if (working) return;
    working = (async () => void (await mend(lookAtIndexFile(file))))()
      .catch((problem: unknown) => {
        if (clock.now() >= restUntil) fail(toError(problem).message);
      })
      .finally(() => {
        working = undefined;
      });
  };
  look();
  const cancel = clock.every(LOOK_EVERY_MS, look);
  return {
    async stop() {
      cancel();
      await working;
    },
  };
}

type Whole = Extract<IndexFile, { is: "there" }>;
const isWhole = (found: IndexFile): found is Whole => found.is === "there" && !found.failure;

/** The engine's. */
export const makeIndexBuilder = (file: string, clock: Pick<Clock, "wall">): IndexBuilder => ({
  async build() {
    const { buildGameIndex } = await import("../../engine/build-index.ts");
    return buildGameIndex({ to: file, now: clock.wall() });
  },
  async verify() {
    const { openGameIndex } = await import("../../engine/index.ts");
    const opened = openGameIndex(file);
    if (opened.is === "failed") return opened.problem;
    const damage = opened.index.verify();
    opened.index.close();
    return damage;
  },
});
