/** What the hub is told at birth of an external ranker. */
import * as v from "valibot";

export const RankerPapers = v.object({
  url: v.string(),
  withinMs: v.pipe(v.number(), v.minValue(1)),
});
export type RankerPapers = v.InferOutput<typeof RankerPapers>;
