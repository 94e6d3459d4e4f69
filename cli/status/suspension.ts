/** Ctrl-Z, for who holds the terminal: the shell gets it back in order, and `fg` finds everything as it was. */
import type { Suspension } from "./watch-status.ts";

/** Answers with what ends it. */
export function listenForSuspension(call: Suspension): () => void {
  const suspend = () => {
    call.suspended();
    // The listener took the signal's own meaning away; this one can't be listened to.
    process.kill(process.pid, "SIGSTOP");
  };
  process.on("SIGTSTP", suspend);
  process.on("SIGCONT", call.resumed);
  return () => {
    process.off("SIGTSTP", suspend);
    process.off("SIGCONT", call.resumed);
  };
}
