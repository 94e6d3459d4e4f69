import * as v from "valibot";
import { between } from "./words.ts";

const Megabytes = v.pipe(v.number(), v.minValue(40, "at least 40: less no process can live in"));
const Seconds = between(1, 3_600);

export const Limits = v.pipe(
  v.strictObject({
    worker_memory_mb: v.optional(
      v.pipe(
        Megabytes,
        v.description(
          "A channel's process that needs more memory (its proportional share, in MB) is replaced by a fresh one.",
        ),
      ),
      150,
    ),
    hub_memory_mb: v.optional(v.pipe(Megabytes, v.description("The same for the hub.")), 400),
    orphan_seconds: v.optional(
      v.pipe(
        Seconds,
        v.description(
          "When the supervisor is gone, its processes wait this many seconds for a new one, then they stop.",
        ),
      ),
      60,
    ),
    stuck_seconds: v.optional(
      v.pipe(
        Seconds,
        v.description(
          "A process that gets no further on its way to work for this many seconds is replaced. What it waits for does not count: its turn to log in, a Twitch that is away, you.",
        ),
      ),
      120,
    ),
  }),
  v.description("Ceilings."),
);
