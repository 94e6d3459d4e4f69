/** What `kissbot.sh status` says of a worker that runs alone. Pure. */
import type { LoneStatus } from "../../shared/ipc/lone-control.ts";
import { formatDuration } from "../duration.ts";
import { safeText } from "../safe-text.ts";

const CHAT = { open: "connected", eventsub: "connected", closed: "not connected", none: "not connected" };

export function renderLoneStatus(status: LoneStatus): string {
  const { counters, waits, troubles } = status;
  return [
    `worker    #${status.channel}, pid ${status.pid}, up ${formatDuration(status.uptimeMs)}, ${status.isReady ? "ready" : "not ready yet"}`,
    `chat      ${CHAT[counters.chatLink]}; ${counters.messagesSeen} messages seen, ${counters.messagesSent} sent`,
    `events    ${describeEvents(status)}`,
    ...waits.map(
      (wait) => `waits     ${wait.stage}, for ${wait.for === "operator" ? "you" : wait.for}: ${wait.detail}`,
    ),
    ...troubles.map(({ code, detail }) => `trouble   ${code}: ${detail}`),
  ]
    .map(safeText)
    .join("\n");
}

function describeEvents({ events, counters }: LoneStatus): string {
  if (!events) return "switched off";
  const { last, lastLookAgoMs, problem, recovered } = events;
  const ago = (ms: number) => `${formatDuration(ms)} ago`;
  return [
    last ? `the last one ${ago(last.agoMs)} (${last.topic})` : "none yet",
    `${counters.eventsSeen} seen`,
    `${recovered} recovered`,
    lastLookAgoMs === undefined
      ? "Twitch was not asked yet what was missed"
      : `Twitch was asked ${ago(lastLookAgoMs)} what was missed`,
    ...(problem === undefined ? [] : [`it can't be asked now: ${problem}`]),
  ].join(", ");
}
