import type { HubStatus } from "../../shared/ipc/hub-control.ts";
import type { ConnectionState, TransportState } from "./transport.ts";

/** Pure: all connections in one line; the one that is worst off speaks for all. */
export function summariseTransport(state: TransportState): HubStatus["eventsub"] {
  const staying = state.connections.filter((one) => !one.isRetiring);
  const worst = staying.find((one) => modeOf(one) !== "live") ?? staying[0];
  return {
    transport: state.kind,
    mode: state.isPaused
      ? "paused"
      : worst
        ? modeOf(worst)
        : state.problem === undefined
          ? "idle"
          : "waiting",
    connections: state.connections.length,
    sessionId: worst?.sessionId,
    connectedForMs: worst?.connectedForMs,
    lastFrameAgoMs: worst?.lastFrameAgoMs,
    reconnects: state.connections.reduce((sum, one) => sum + one.reconnects, 0),
    // How a connection that delivers came by its predecessor's end is told in the log.
    problem: state.problem ?? (worst && modeOf(worst) !== "live" ? worst.lastEnd?.because : undefined),
    each: state.connections.map(toConnection),
  };
}

function toConnection(connection: ConnectionState): HubStatus["eventsub"]["each"][number] {
  const { slot, sessionId, isRetiring, connectedForMs, lastFrameAgoMs } = connection;
  const { lastKeepaliveAgoMs, keepaliveSeconds, reconnects, oddFrames } = connection;
  return {
    slot,
    mode: modeOf(connection),
    sessionId,
    isRetiring,
    connectedForMs,
    lastFrameAgoMs,
    lastKeepaliveAgoMs,
    keepaliveSeconds,
    reconnects,
    oddFrames,
  };
}

function modeOf(connection: ConnectionState): string {
  if (connection.mode === "moving") return "live";
  return connection.mode === "live" && !connection.isBound ? "binding" : connection.mode;
}
