import type { PermitHubSide } from "../../worker/permits/permit-desk.ts";

/** A worker's desk for permits that wants none. */
export const noPermits: PermitHubSide = {
  hello: () => ({ uses: [], isFresh: true, weight: 1 }),
  hear() {},
  linkLost() {},
  dialled() {},
};
