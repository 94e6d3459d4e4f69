import { expect, test } from "vitest";
import type { HelixAnswer } from "../twitch/helix-caller.ts";
import { toUnapplied, type Unapplied } from "./to-unapplied.ts";

const said = (status: number, message: string): HelixAnswer => ({ is: "answer", status, message, body: {} });

// Twitch's own sentences, as bug reports quote them.
test.each<[HelixAnswer, Partial<Unapplied>]>([
  [{ is: "away", problem: "503" }, { is: "away" }],
  [{ is: "paced", waitMs: 500 }, { is: "paced" }],
  [
    { is: "unauthorised", problem: "401 Invalid OAuth token" },
    { is: "away", problem: "401 Invalid OAuth token" },
  ],
  [said(409, "subscription already exists"), { is: "look-again" }],
  [said(403, "subscription missing proper authorization"), { is: "hopeless", code: "needs-grant" }],
  [
    said(400, "websocket transport session does not exist or has already disconnected"),
    { is: "carrier-gone" },
  ],
  [said(400, "The transport.conduit_id field is not valid."), { is: "carrier-gone" }],
  [said(400, "websocket transport cannot have subscriptions created by different users"), { is: "bug" }],
  [said(400, "invalid transport and auth combination"), { is: "bug" }],
  [
    said(400, "The user specified in the condition object does not exist."),
    { is: "doubtful", code: "refused" },
  ],
  [said(429, "cost exceeded"), { is: "doubtful", code: "cost-exceeded" }],
  [said(429, "number of websocket transports limit exceeded"), { is: "doubtful", code: "refused" }],
  [said(429, "maximum subscriptions with type and condition exceeded"), { is: "doubtful", code: "refused" }],
  [said(410, "subscription type and version is no longer available"), { is: "hopeless", code: "refused" }],
  [said(404, ""), { is: "hopeless", code: "refused", problem: "404" }],
])("%j", (answer, unapplied) => {
  expect(toUnapplied(answer)).toMatchObject(unapplied);
});
