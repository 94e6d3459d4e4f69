import { parseArgs } from "node:util";
import * as v from "valibot";
import { KissError, toError } from "../shared/errors.ts";
import { Login } from "../shared/ids.ts";
import { LONE_SOURCES, type LoneSource } from "./plan-alone.ts";

export interface LoneWish {
  readonly channel: Login;
  readonly eventsub: LoneSource;
}

const Wish = v.object({ channel: Login, eventsub: v.optional(v.picklist(LONE_SOURCES), "direct") });
const flags = { channel: { type: "string" }, eventsub: { type: "string" } } as const;

/** Pure. @throws KissError config-wrong */
export function readWish(args: readonly string[]): LoneWish {
  try {
    return v.parse(Wish, parseArgs({ args: [...args], options: flags }).values);
  } catch (problem) {
    throw new KissError(
      "config-wrong",
      `--channel NAME [--eventsub direct|disabled]: ${toError(problem).message}`,
    );
  }
}
