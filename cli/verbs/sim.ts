import { spawn } from "node:child_process";
import { join } from "node:path";
import * as v from "valibot";
import { checkoutFolder } from "../../shared/home.ts";
import { defineVerb } from "../verb.ts";

export default defineVerb({
  name: "sim",
  summary: "the Twitch simulator by itself, for any Twitch bot; sim --help explains it",
  passesThrough: true,
  options: v.object({}),
  async run({ args }, desk) {
    const sim = spawn(process.execPath, [join(checkoutFolder, "dist", "sim.mjs"), ...args], {
      stdio: "inherit",
    });
    // Ctrl-C reaches both of us; what was sent to us alone is passed on, and we leave when it has left.
    desk.stopSignal().addEventListener("abort", () => sim.kill("SIGTERM"));
    return new Promise((resolve) => {
      sim.once("error", (error) => {
        desk.warn(`kissbot: the simulator could not be started: ${error.message}`);
        resolve(1);
      });
      sim.once("exit", (code) => resolve(code ?? 1));
    });
  },
});
