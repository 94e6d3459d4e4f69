/** What is to be done about the index of titles, by what stood at its path before and what does now. Pure. */
import type { IndexFile } from "../../engine/index-file.ts";

export type IndexRepair =
  /** As it was, or another one that is whole by its first bytes. */
  | { readonly do: "nothing" }
  /** Somebody wrote into it, which is never done: all of it has to be read. */
  | { readonly do: "verify" }
  | { readonly do: "build"; readonly because: string };

/** `whole`: the last one that was, if there has been one since this process began. */
export function planIndexRepair(
  whole: Extract<IndexFile, { is: "there" }> | undefined,
  now: IndexFile,
): IndexRepair {
  // A house that never had one is given one at its start, or wants none.
  if (now.is === "missing") return whole ? { do: "build", because: "it is gone" } : { do: "nothing" };
  const isSameFile = whole?.inode === now.inode;
  if (!now.failure) return isSameFile && whole?.mark !== now.mark ? { do: "verify" } : { do: "nothing" };
  switch (now.failure.code) {
    case "corrupt":
    case "missing":
      return { do: "build", because: now.failure.problem };
    case "foreign":
      // Somebody's own file is left alone; ours may have lost its first bytes.
      return isSameFile ? { do: "build", because: "its first bytes are gone" } : { do: "nothing" };
    case "outdated":
      // Of another version, which may be about to take this one's place.
      return { do: "nothing" };
  }
}
