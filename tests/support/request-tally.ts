/** What HTTP servers of this process were asked, and how they answered: told by Node beside them. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface RequestTally {
  /** "GET /oauth2/validate" */
  count(what: string): number;
  /** Answers from 400 on, as "401 GET /helix/users". */
  readonly refused: readonly string[];
  close(): void;
}

interface Finished {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const REFUSED_FROM = 400;
const REFUSED_KEPT_MAX = 20;

/** `onAnswer`: at once after each. */
export function tallyRequests(port: number, onAnswer: (what: string) => void): RequestTally {
  const counts = new Map<string, number>();
  const refused: string[] = [];
  const hear = (message: unknown) => {
    const { request, response } = message as Finished;
    if (request.socket.localPort !== port) return;
    const what = `${request.method} ${request.url?.split("?")[0]}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
    const isRefused = response.statusCode >= REFUSED_FROM;
    if (isRefused && refused.length < REFUSED_KEPT_MAX) refused.push(`${response.statusCode} ${what}`);
    onAnswer(what);
  };
  subscribe("http.server.response.finish", hear);
  return {
    count: (what) => counts.get(what) ?? 0,
    refused,
    close: () => void unsubscribe("http.server.response.finish", hear),
  };
}
