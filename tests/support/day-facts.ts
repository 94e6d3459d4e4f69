import * as v from "valibot";
import { HubStatus } from "../../shared/ipc/hub-control.ts";

export const HOURS = 24;
export const MOVED = 6;
/** So many notifications come a second time. */
export const TOLD_TWICE_AN_HOUR = 40;

const Count = v.number();
const Words = v.array(v.string());

/** What there is to tell of a hub's day at the simulated Twitch. */
export const DayFacts = v.object({
  /** As Twitch counted. */
  refreshes: Count,
  validations: Count,
  /** The longest the bot's token went without one. */
  unprovedMs: Count,
  /** Answers from 400 on. */
  refused: Words,
  creates: Count,
  deletes: Count,
  /** "topic broadcaster-id", sorted: what is wanted, and what Twitch lists at the end. */
  wanted: Words,
  listed: Words,
  /** The different "status session-id" of what is listed. */
  places: Words,
  /** Sessions that were asked to move, that did, and that ended. */
  moves: v.object({ asked: Count, done: Count, over: Count }),

  /** Events, as they happened and as workers were told of them. */
  happened: Count,
  heard: Count,
  missing: Words,
  wrong: Words,

  /** The hub's own word at the end, what its supervisor heard, and its log's lines from a warning on. */
  status: HubStatus,
  troubles: Words,
  complaints: Words,

  /** When it was warm, at the end, and when all had been closed. */
  timers: v.object({ warm: Count, end: Count, closed: Count }),
  heapGrowth: Count,
});
export type DayFacts = v.InferOutput<typeof DayFacts>;
