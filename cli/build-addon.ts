/** Has cargo build what is Rust, where it is there and a source has changed. Without it everything works, slower. */
import { join } from "node:path";
import type { Clock, Millis } from "../shared/clock.ts";
import { checkoutFolder } from "../shared/home.ts";
import { runInGroup } from "./run-in-group.ts";

/** A first build takes about a minute; on a machine that has no time for it, ten. */
const ENDS_WITHIN_MS: Millis = 20 * 60_000;

/** Whatever comes of it, what it has to say is said by itself: left out, `hear` is our own output. */
export async function buildAddon(using: {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly hear?: (text: string) => void;
  readonly stop?: AbortSignal;
  /** Others have the processor first. */
  readonly yields?: boolean;
}): Promise<void> {
  const args = [join(checkoutFolder, "engine", "build-addon.mjs"), "--if-changed"];
  await runInGroup({ ...using, program: process.execPath, args, endsWithinMs: ENDS_WITHIN_MS });
}
