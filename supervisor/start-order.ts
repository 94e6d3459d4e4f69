import type { ChildId } from "../shared/ids.ts";
import type { ChildSpec } from "./child-spec.ts";

type Links = Pick<ChildSpec, "id" | "startsAfter">;

/** Pure: which of the children that are not up yet may be spawned now. */
export function mayStart<S extends Links>(
  waiting: readonly S[],
  hasSaidHello: (id: ChildId) => boolean,
): readonly S[] {
  return waiting.filter((spec) => spec.startsAfter.every(hasSaidHello));
}

/** Pure: which of the children that still run may be asked to stop now: those nobody who runs depends on. */
export function mayStop<S extends Links>(running: readonly S[]): readonly S[] {
  const needed = new Set(running.flatMap((spec) => spec.startsAfter));
  return running.filter((spec) => !needed.has(spec.id));
}
