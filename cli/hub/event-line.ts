/** One event of `hub_ctl events --follow` as a line. Pure. */
import type { PassingEvent } from "../../shared/ipc/hub-control.ts";
import type { Paint } from "../paint.ts";
import { safeText } from "../safe-text.ts";
import { cut } from "../table.ts";

/** Said by every event, or shown in a place of its own. */
const SHOWN_ELSEWHERE = new Set(["topic", "broadcasterLogin", "broadcasterName"]);

export function renderPassingEvent(event: PassingEvent, paint: Paint, columns: number): string {
  const facts = Object.entries(event.body)
    .filter(([name, value]) => !SHOWN_ELSEWHERE.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${describe(value)}`);
  const recovered = event.isRecovered ? " (recovered)" : "";
  const head = `${timeOf(event.at)} ${event.channel} ${event.topic}${recovered}`;
  return `${paint("bold", head)} ${cut(facts.join(" "), Math.max(20, columns - head.length - 1))}`;
}

function describe(value: unknown): string {
  if (typeof value === "string") return safeText(JSON.stringify(value));
  if (typeof value === "object" && value !== null && "login" in value) return safeText(String(value.login));
  return safeText(JSON.stringify(value) ?? "");
}

/** Local time of day. */
function timeOf(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "--:--:--" : date.toTimeString().slice(0, 8);
}
