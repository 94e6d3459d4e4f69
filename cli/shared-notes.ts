/** What several rows have to say is said once. Pure. */
import { hang, type TableRow } from "./table.ts";

export interface SharedNotes {
  readonly rows: readonly TableRow[];
  /** Below the table: each note that several rows share, under the number that they show. */
  legend(width: number): readonly string[];
}

/** The number stands in the cell at `cellAt`, which it is about. A note of one row alone stays where it is. */
export function shareNotes(rows: readonly TableRow[], cellAt: number): SharedNotes {
  const counts = new Map<string, number>();
  for (const { note } of rows) if (note !== undefined) counts.set(note, (counts.get(note) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count > 1);
  const numbers = new Map(shared.map(([note], at) => [note, `(${at + 1})`]));
  return {
    rows: rows.map((row) => {
      const number = row.note === undefined ? undefined : numbers.get(row.note);
      if (number === undefined) return row;
      return { cells: row.cells.map((cell, at) => (at === cellAt ? `${cell} ${number}` : cell)) };
    }),
    legend: (width) => [...numbers].flatMap(([note, number]) => hang(`${number} `, note, width)),
  };
}
