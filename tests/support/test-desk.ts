import { plainPaint } from "../../cli/paint.ts";
import type { Desk } from "../../cli/verb.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Home } from "../../shared/home.ts";

/** A desk without a terminal that keeps what was said. */
export function makeTestDesk(home: Home): {
  readonly desk: Desk;
  readonly said: string[];
  readonly warned: string[];
} {
  const said: string[] = [];
  const warned: string[] = [];
  const desk: Desk = {
    home,
    environment: process.env,
    clock: systemClock,
    paint: plainPaint,
    columns: 100,
    screen: () => undefined,
    say: (text) => void said.push(text),
    warn: (text) => void warned.push(text),
    stopSignal: () => new AbortController().signal,
  };
  return { desk, said, warned };
}
