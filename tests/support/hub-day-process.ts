/** `node --expose-gc hub-day-process.ts`: lives a hub's day and writes down what there is to tell of it. */
import { liveDay } from "./live-day.ts";

process.stdout.write(JSON.stringify(await liveDay()));
