import * as v from "valibot";
import { runDemo } from "../demo/run-demo.ts";
import { parseDuration } from "../duration.ts";
import { plainPaint } from "../paint.ts";
import { defineVerb } from "../verb.ts";

export default defineVerb({
  name: "demo",
  summary: "shows the bot at work in two simulated channels; needs no account and leaves nothing behind",
  flags: [
    { flags: "--for <time>", says: "end by itself after this long, such as 20s, with a summary" },
    { flags: "--no-color", says: "plain text" },
  ],
  options: v.object({
    for: v.optional(v.pipe(v.string(), v.transform(parseDuration), v.number("a time such as 20s, 5m or 1h"))),
    color: v.boolean(),
  }),
  run: ({ options }, desk) => runDemo(options.for, desk, options.color ? desk.paint : plainPaint),
});
