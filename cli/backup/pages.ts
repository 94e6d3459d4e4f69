/** What `kissbot.sh backup` shows. Pure. */
import type { PlacedFile, Restored } from "../../backup/restore.ts";
import type { ShelvedBackup } from "../../shared/backup/shelf.ts";
import type { Millis } from "../../shared/clock.ts";
import { formatDuration } from "../duration.ts";
import { safeText } from "../safe-text.ts";
import { type Column, renderTable } from "../table.ts";

const COLUMNS: readonly Column[] = [
  { title: "backup", align: "left" },
  { title: "age", align: "right" },
  { title: "size", align: "right", goes: 2 },
  { title: "encrypted", align: "left", goes: 1 },
  { title: "proved", align: "left", breaks: true },
];

export function renderShelf(backups: readonly ShelvedBackup[], now: Millis, columns: number): string {
  const rows = backups.map((one) => ({
    cells: [
      one.name,
      formatDuration(now - one.at),
      formatBytes(one.bytes),
      one.isEncrypted ? "yes" : "no",
      describeProof(one, now),
    ],
  }));
  return renderTable(COLUMNS, rows, columns).join("\n");
}

function describeProof({ note }: ShelvedBackup, now: Millis): string {
  if (!note?.proof) return "never";
  const { at, is, because } = note.proof;
  const ago = `${formatDuration(now - at)} ago`;
  return is === "right" ? ago : `DAMAGED, seen ${ago}: ${safeText(because ?? "")}`;
}

/** "812 B", "12.4 kB", "5.6 MB" */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [unit, size] = bytes < 1_000_000 ? ["kB", bytes / 1_000] : ["MB", bytes / 1_000_000];
  return `${size < 100 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

export function describeRestored({ createdAt, proof, aside, placed }: Restored): readonly string[] {
  return [
    `The database is the one of ${createdAt}: ${proof.rows} rows in ${proof.tables} tables, compared one by one.`,
    aside === undefined
      ? "There was none before."
      : `The one of before lies in ${aside}; remove it when nobody misses anything.`,
    ...placed.map(describePlaced),
  ];
}

function describePlaced({ name, is, path }: PlacedFile): string {
  switch (is) {
    case "put-back":
      return `${name} was put back: ${path}`;
    case "same":
      return `${name} is the same as in the backup.`;
    case "beside":
      return `${name} of the backup is another one than this home's: it lies in ${path}, and yours was left alone.`;
  }
}
