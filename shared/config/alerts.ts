import * as v from "valibot";
import { notes } from "./described.ts";
import { url } from "./words.ts";

export const Alerts = v.pipe(
  v.strictObject({
    webhook: v.optional(
      v.pipe(
        url("https:", "http:"),
        v.description(
          "Where a line of JSON is posted (Discord, Slack, ntfy and most others understand it). Whoever knows this address can write there: it counts as a secret.",
        ),
        notes({ sample: "https://example.org/your-webhook", isSecret: true }),
      ),
    ),
    allow_private: v.optional(
      v.pipe(
        v.boolean(),
        v.description(
          "true lets alerts go to this machine and to private networks, and over plain http there; otherwise such addresses are refused.",
        ),
      ),
      false,
    ),
  }),
  v.description(
    "Where the operator is told what only a person can mend, such as a login that Twitch no longer accepts: once when it begins, and once when it is over. See docs/login.md.",
  ),
);
export type Alerts = v.InferOutput<typeof Alerts>;
