/** The contract of a check of `kissbot.sh doctor`: one file in cli/doctor/checks, its default export made by `defineCheck`. */
import type { Desk } from "../verb.ts";

export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** One line; no secret, fit to be pasted into an issue. */
  readonly says: string;
  /** What to type or do, where the level is not ok. */
  readonly fix?: string;
}

export interface Check {
  /** What it looks at: "disk", "tokens". */
  readonly name: string;
  /** Looks, changes nothing, and never throws because of what it finds. */
  run(desk: Desk): Promise<readonly Finding[]>;
}

export function defineCheck(check: Check): Check {
  return check;
}
