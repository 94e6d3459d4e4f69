import { HttpStatusCodeError } from "@twurple/api-call";
import { expect, test } from "vitest";
import { KissError } from "../../shared/errors.ts";
import { toUncreated } from "./to-uncreated.ts";

const answered = (status: number, message = "no") =>
  new HttpStatusCodeError(status, "", "https://x", "POST", JSON.stringify({ status, message }), true);

test.each<[unknown, object]>([
  [answered(500), { is: "away", problem: "500 no" }],
  [answered(503), { is: "away" }],
  [answered(408), { is: "away" }],
  [answered(401, "Invalid OAuth token"), { is: "away", problem: "401 Invalid OAuth token" }],
  [answered(429, "cost exceeded"), { is: "doubtful", problem: "429 cost exceeded" }],
  [answered(400, "session does not exist"), { is: "doubtful" }],
  [answered(409, "subscription already exists"), { is: "look-again" }],
  [answered(403, "missing proper authorization"), { is: "hopeless" }],
  [new HttpStatusCodeError(502, "", "https://x", "POST", "<html>", false), { is: "away", problem: "502" }],
  [new TypeError("fetch failed"), { is: "away", problem: "fetch failed" }],
  [new KissError("needs-reauth", "expired"), { is: "away" }],
])("%s", (thrown, expected) => {
  expect(toUncreated(thrown)).toMatchObject(expected);
});
