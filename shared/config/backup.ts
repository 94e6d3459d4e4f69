import * as v from "valibot";
import { notes } from "./described.ts";
import { Days } from "./words.ts";

/** X25519, or the hybrid one that outlasts quantum computers. The whole check is made when a backup is encrypted. */
const Recipient = v.pipe(
  v.string(),
  v.regex(/^age1[a-z0-9]{20,}$/, "a recipient as `kissbot.sh backup keygen` prints it: age1…"),
);
const Path = v.pipe(v.string(), v.nonEmpty("a path"));

export const BACKUP_EXTRAS = ["config", "keys"] as const;
export type BackupExtra = (typeof BACKUP_EXTRAS)[number];

export const Backup = v.pipe(
  v.strictObject({
    daily_at: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^(off|([01]\d|2[0-3]):[0-5]\d)$/, 'off, or a time such as "04:30"'),
        v.description(
          "When the daily backup is made, UTC; off: none is made by itself. Each installation adds up to half an hour of its own; what was missed while the house was off is made up for soon after its start.",
        ),
      ),
      "04:30",
    ),
    folder: v.optional(
      v.pipe(
        Path,
        v.description(
          "Where backups are kept: a path, or one below KissBot's home. Another disk or machine is a better place.",
        ),
      ),
      "backups",
    ),
    recipients: v.optional(
      v.pipe(
        v.array(Recipient),
        v.description(
          "Whom backups are encrypted to (age1…); each of them can read every backup. ./kissbot.sh backup keygen makes one.",
        ),
      ),
      [],
    ),
    identity_file: v.optional(
      v.pipe(
        Path,
        v.description(
          "The file with the secret key to a recipient. With it the house checks each backup by itself; it must not lie beside the backups.",
        ),
        notes({ sample: "/etc/kissbot/backup.key" }),
      ),
    ),
    passphrase: v.optional(
      v.pipe(
        v.string(),
        v.minLength(12, "at least 12 characters"),
        v.description(
          "In the place of recipients, what backups are encrypted with. Better given by KISSBOT_BACKUP__PASSPHRASE or by passphrase_file than here.",
        ),
        notes({ sample: "several words nobody guesses", isSecret: true }),
      ),
    ),
    passphrase_file: v.optional(
      v.pipe(
        Path,
        v.description("A file with the passphrase in its first line; it must not lie beside the backups."),
        notes({ sample: "/etc/kissbot/backup.passphrase" }),
      ),
    ),
    include: v.optional(
      v.pipe(
        v.array(v.picklist(BACKUP_EXTRAS)),
        v.description(
          "What goes into a backup beside the database: config (config/), keys (the key ring, only ever encrypted).",
        ),
      ),
      [],
    ),
    keep_daily: v.optional(
      v.pipe(Days(1), v.description("The newest backup of each day is kept for so many days that have one.")),
      7,
    ),
    keep_weekly: v.optional(
      v.pipe(
        v.number(),
        v.integer("whole weeks"),
        v.minValue(0, "0 or more weeks"),
        v.description("After that the newest of each week, for so many weeks that have one."),
      ),
      4,
    ),
  }),
  v.description("Backups of the database, encrypted (docs/backups.md)."),
);
export type Backup = v.InferOutput<typeof Backup>;
