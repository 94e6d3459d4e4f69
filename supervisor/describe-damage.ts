/** A damaged database in words: what is wrong, and what to type. Pure. */
import type { Shelf, ShelvedBackup } from "../shared/backup/shelf.ts";

/** Of a house that runs. Without a full stop. */
export const describeDamage = (problems: readonly string[], shelf: Shelf): string =>
  `the database is damaged (${toExcerpt(problems)}): ./kissbot.sh stop, then ${toRemedy(shelf)}`;

const EXCERPT_MAX = 120;

export function toExcerpt(problems: readonly string[]): string {
  const [first = "", ...more] = problems.flatMap((problem) =>
    // SQLite's own heading of its list.
    problem.split("\n").filter((line) => line !== "" && !line.startsWith("***")),
  );
  const cut = first.length > EXCERPT_MAX ? `${first.slice(0, EXCERPT_MAX - 1)}…` : first;
  return more.length === 0 ? cut : `${cut}; and ${more.length} more`;
}

export function toRemedy(shelf: Shelf): string {
  const backups = shelf.is === "read" ? shelf.backups : [];
  const proved = backups.find(({ note }) => note?.proof?.is === "right");
  const usable = proved ?? backups.find(({ note }) => note?.proof === undefined);
  if (!usable) return NOTHING_TO_RESTORE;
  return `./kissbot.sh backup restore ${usable.name} (${proved ? "the newest that is proved" : "never proved"}, of ${toDay(usable)})`;
}

/** Of what a database cannot read of itself SQLite's own tool saves the most. */
const NOTHING_TO_RESTORE =
  "keep the file and read docs/backups.md: there is no backup here that could be restored";

const toDay = ({ at }: ShelvedBackup): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
