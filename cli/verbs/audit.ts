import { existsSync } from "node:fs";
import * as v from "valibot";
import { makeAuditLog } from "../../db/audit-log.ts";
import { openDatabase } from "../../db/open.ts";
import { AUDIT_EVENTS } from "../../shared/audit-events.ts";
import { describeAuditEntry } from "../audit/audit-page.ts";
import { describeBadName, parseChannelName } from "../channels/channel-name.ts";
import { parseSince } from "../logs/line-filter.ts";
import { quoteStranger } from "../safe-text.ts";
import { defineVerb, EXIT_USAGE } from "../verb.ts";

const ENTRIES_SHOWN = 40;
const ENTRIES_MAX = 100_000;

export default defineVerb({
  name: "audit",
  summary: "who did what to the house, and what befell it",
  flags: [
    { flags: "--channel <channel>", says: "only what is about this channel" },
    {
      flags: "--since <time>",
      says: "only what happened since: 10m, 2h, 3d ago, or 2026-11-21T05:00 (local time)",
    },
    { flags: "--type <event>", says: "only events of this name; docs/audit.md lists them" },
    {
      flags: "-n, --lines <count>",
      says: `how many of the newest (default ${ENTRIES_SHOWN}, with --since all)`,
    },
    { flags: "--json", says: "one JSON object a line, for scripts" },
  ],
  options: v.object({
    channel: v.optional(v.string()),
    since: v.optional(v.string()),
    type: v.optional(v.pipe(v.string(), v.nonEmpty("the name of an event"))),
    lines: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^\d+$/, "a number of events, such as 100"),
        v.transform(Number),
        v.minValue(1, "at least 1"),
        v.maxValue(ENTRIES_MAX, `at most ${ENTRIES_MAX} events`),
      ),
    ),
    json: v.optional(v.boolean(), false),
  }),
  async run({ options }, desk) {
    const wrong = (says: string) => {
      desk.warn(`kissbot: ${says}`);
      return EXIT_USAGE;
    };
    const channel = options.channel === undefined ? undefined : parseChannelName(options.channel);
    if (options.channel !== undefined && channel === undefined)
      return wrong(describeBadName(options.channel));
    const since = options.since === undefined ? undefined : parseSince(options.since, desk.clock.wall());
    if (options.since !== undefined && since === undefined)
      return wrong(
        `--since: a time such as 10m, 2h, 3d or 2026-11-21T05:00, not ${quoteStranger(options.since)}`,
      );
    if (!existsSync(desk.home.database)) {
      desk.warn(`kissbot: nothing was written down yet: there is no ${desk.home.database}`);
      return 1;
    }

    const countMax = options.lines ?? (since === undefined ? ENTRIES_SHOWN : ENTRIES_MAX);
    const db = openDatabase(desk.home.database);
    const entries = makeAuditLog(db, "cli").find({ channel, since, event: options.type, countMax });
    db.close();
    // An event of another version may be asked for; a name nobody wrote is most often a slip.
    if (entries.length === 0 && options.type !== undefined && !isKnown(options.type))
      return wrong(
        `there are no events ${quoteStranger(options.type)}; there are ${AUDIT_EVENTS.join(", ")}`,
      );

    for (const entry of entries) {
      if (options.json) desk.say(JSON.stringify({ ...entry, at: new Date(entry.at).toISOString() }));
      else desk.say(describeAuditEntry(entry, desk.paint));
    }
    if (entries.length === 0) desk.warn("kissbot: nothing of that kind stands in the audit log");
    return 0;
  },
});

const isKnown = (name: string): boolean => AUDIT_EVENTS.some((one) => one === name);
