/** EventSub stamps in RFC 3339 with nanoseconds; the simulator's clock has milliseconds. */
export function toNanoTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "000000Z");
}
