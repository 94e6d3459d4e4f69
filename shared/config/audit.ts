import * as v from "valibot";
import { Days } from "./words.ts";

export const Audit = v.pipe(
  v.strictObject({
    keep_days: v.optional(
      v.pipe(Days(1), v.description("What was written down longer ago than this many days is deleted.")),
      365,
    ),
  }),
  v.description(
    "The audit log: what was done to the house and what befell it (./kissbot.sh audit, docs/audit.md).",
  ),
);
