import * as v from "valibot";
import { runConsole } from "../console/run-console.ts";
import { defineVerb } from "../verb.ts";

export default defineVerb({
  name: "console",
  summary: "a prompt for the running house, with completion; from a pipe one command per line",
  options: v.object({}),
  run: (_call, desk) => runConsole(desk, { input: process.stdin, output: process.stdout }),
});
