/** How wide the output is. Pure. */

/** In a pipe or a file nothing is cut or broken, unless COLUMNS says how wide it is to be. */
export function chooseColumns(
  stream: { readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): number {
  // A terminal that was never told its size says 0.
  if (stream.columns) return stream.columns;
  const asked = Number(environment.COLUMNS);
  return Number.isInteger(asked) && asked > 0 ? asked : Number.POSITIVE_INFINITY;
}
