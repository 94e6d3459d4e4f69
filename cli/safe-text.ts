/** It lies on the ground floor, because a worker that runs alone speaks to a terminal, too. */
export { quoteStranger, safeText } from "../shared/safe-text.ts";
