/** A process that has an index open and has used it, for weighing: says when it is ready, ends with its stdin. */
import { openGameIndex } from "../engine/index.ts";

const [file, ...queries] = process.argv.slice(2);
if (file !== undefined) {
  const opened = openGameIndex(file);
  if (opened.is === "open") for (const query of queries) opened.index.find(query);
}
globalThis.gc?.();
process.stdin.resume().once("end", () => process.exit(0));
process.stdout.write("ready\n");
