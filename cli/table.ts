/** A table for a terminal: columns as wide as their widest cell, two spaces between them. Pure. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Stands below the row, indented. */
  readonly note?: string | undefined;
}

const GAP = "  ";
const NOTE_INDENT = "    ";

/** The first line holds the titles. No line ends in spaces; a note is cut at `columns`. */
export function renderTable(columns: readonly Column[], rows: readonly TableRow[], width: number): string[] {
  const widths = columns.map((column, at) =>
    Math.max(column.title.length, ...rows.map((row) => row.cells[at]?.length ?? 0)),
  );
  const renderCells = (cells: readonly string[]) =>
    columns
      .map((column, at) => {
        const cell = cells[at] ?? "";
        const wide = widths[at] ?? 0;
        return column.align === "right" ? cell.padStart(wide) : cell.padEnd(wide);
      })
      .join(GAP)
      .trimEnd();
  return [
    renderCells(columns.map((column) => column.title)),
    ...rows.flatMap((row) => [
      renderCells(row.cells),
      ...(row.note === undefined ? [] : [cut(`${NOTE_INDENT}${row.note}`, width)]),
    ]),
  ];
}

/** At most `width` characters; a cut text ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
