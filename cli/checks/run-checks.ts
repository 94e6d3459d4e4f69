/**
 * Several checks in the time of few: what compiles Rust takes the processor that tests with real processes leave while
 * they wait. What the ones beside say is kept until the others have done, so that nobody's words stand in the middle
 * of another's.
 */
import type { Check } from "./check-list.ts";
import type { Outcome } from "./outcome.ts";

interface Hands {
  /** Announces a check before anything of it is heard. */
  readonly begin: (check: Check) => void;
  readonly run: (check: Check, say: (text: string) => void) => Promise<Outcome>;
  readonly buildAddon: () => Promise<void>;
  readonly say: (text: string) => void;
  /** Once aborted, nothing further is begun. */
  readonly stop: AbortSignal;
}

/** The outcomes of those that were run, in the order of `checks`. */
export async function runChecks(checks: readonly Check[], hands: Hands): Promise<readonly Outcome[]> {
  const { begin, run, buildAddon, say, stop } = hands;
  const outcomes = new Map<Check, Outcome>();
  const addon = checks.some((check) => check.needsAddon) ? buildAddon() : Promise.resolve();
  const turn = (when: Check["when"]) => checks.filter((check) => check.when === when);

  const inTurn = async (all: readonly Check[]) => {
    for (const check of all) {
      if (check.needsAddon) await addon;
      if (stop.aborted) return;
      begin(check);
      outcomes.set(check, await run(check, say));
    }
  };
  const beside = async (check: Check) => {
    const said: string[] = [];
    await addon;
    if (stop.aborted) return () => {};
    outcomes.set(check, await run(check, (text) => void said.push(text)));
    return () => {
      begin(check);
      for (const text of said) say(text);
    };
  };
  const [, ...tellings] = await Promise.all([inTurn(turn("in-turn")), ...turn("beside").map(beside)]);
  for (const tell of tellings) tell();
  await inTurn(turn("alone"));
  await addon;
  return checks.flatMap((check) => outcomes.get(check) ?? []);
}
