/** A process that writes numbered lines into logs as fast as it can, and opens them anew when it is told: for tests. */
import { openLogFile } from "../../shared/log.ts";

/** Lines written in one turn of the loop: between turns it hears that its files were put aside. */
const LINES_PER_TURN = 20;

const [name = "", linesEach = "", ...files] = process.argv.slice(2);
const logs = files.map((file) => openLogFile({ file, level: "info", bindings: { child: name } }));
process.on("message", () => {
  for (const log of logs) log.reopen();
});

let written = 0;
function turn(): void {
  for (let count = 0; count < LINES_PER_TURN && written < Number(linesEach); count += 1) {
    for (const { log } of logs) log.info({ n: written }, "line");
    written += 1;
  }
  if (written < Number(linesEach)) setImmediate(turn);
  else process.disconnect();
}
turn();
