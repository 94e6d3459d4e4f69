/** The ids of what came in lately. Bounded: the oldest is forgotten first. */
export interface SeenIds {
  /** True the first time. */
  isNew(id: string): boolean;
}

export function makeSeenIds(keepMax: number): SeenIds {
  const seen = new Set<string>();
  return {
    isNew(id) {
      if (seen.has(id)) return false;
      seen.add(id);
      if (seen.size > keepMax) {
        const [oldest] = seen;
        if (oldest !== undefined) seen.delete(oldest);
      }
      return true;
    },
  };
}
