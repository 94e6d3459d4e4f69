/** Who is fed: the hub, whose EventSub line goes on to the simulator, or the bare relay, whose line ends at the feeder. */
export type Fed = "hub" | "bare";
/** The bare relay dials this path. */
export const BARE_PATH = "/bare";
/** The bare server numbers nothing in earnest. */
export const BARE_EPOCH = "bare";
