/** The fault switches as they come in from outside; `../faults.ts` says what each does. */
import * as v from "valibot";
import type { Fault } from "../faults.ts";

const AnyPlace = v.picklist(["irc", "eventsub", "helix", "id"]);
const Socket = v.picklist(["irc", "eventsub"]);
const Requests = v.picklist(["helix", "id"]);
const Milliseconds = v.pipe(v.number(), v.minValue(0, "0 or more is needed"));
const Share = v.pipe(
  v.number(),
  v.minValue(0, "a share lies between 0 and 1"),
  v.maxValue(1, "a share lies between 0 and 1"),
);
const WholeCount = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(1, "at least 1 is needed"),
);
/** 0 ends it. */
const CountToEnd = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(0, "0 or more is needed"),
);
/** JSON has no infinity. */
const CountOrAll = v.union([
  WholeCount,
  v.pipe(
    v.literal("all"),
    v.transform(() => Number.POSITIVE_INFINITY),
  ),
]);
const Status = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(400, "an error status is 400 to 599"),
  v.maxValue(599, "an error status is 400 to 599"),
);
const CloseCode = v.pipe(
  v.number(),
  v.integer("a whole number is needed"),
  v.minValue(1000, "a close code is 1000 to 4999"),
  v.maxValue(4999, "a close code is 1000 to 4999"),
);

export const FaultSchema = v.variant("do", [
  v.strictObject({ do: v.literal("cut"), place: Socket, code: v.exactOptional(CloseCode) }),
  v.strictObject({
    do: v.picklist(["refuse", "accept-then-close"]),
    place: Socket,
    on: v.optional(v.boolean(), true),
  }),
  v.strictObject({ do: v.literal("mute"), place: Socket, on: v.optional(v.boolean(), true) }),
  v.strictObject({ do: v.literal("delay"), place: AnyPlace, ms: Milliseconds }),
  v.strictObject({ do: v.literal("drop"), place: Socket, share: Share }),
  v.strictObject({
    do: v.literal("garble"),
    place: Socket,
    with: v.picklist(["not-json", "unknown-type", "huge", "binary"]),
  }),
  v.strictObject({
    do: v.literal("duplicate"),
    place: v.optional(v.literal("eventsub"), "eventsub"),
    times: v.optional(WholeCount, 2),
    count: v.optional(CountOrAll, 1),
    newId: v.optional(v.boolean(), false),
  }),
  v.strictObject({
    do: v.literal("no-welcome"),
    place: v.optional(v.literal("eventsub"), "eventsub"),
    on: v.optional(v.boolean(), true),
  }),
  v.strictObject({
    do: v.literal("answer"),
    place: Requests,
    status: Status,
    path: v.optional(v.string(), ""),
    count: v.optional(v.union([CountToEnd, CountOrAll]), 1),
    isBare: v.optional(v.boolean(), false),
  }),
  v.strictObject({
    do: v.literal("hang"),
    place: Requests,
    path: v.optional(v.string(), ""),
    count: v.optional(v.union([CountToEnd, CountOrAll]), 1),
  }),
  v.strictObject({ do: v.literal("send-reconnect"), place: Socket }),
  v.strictObject({ do: v.literal("expire-token"), user: v.string() }),
  v.strictObject({ do: v.literal("expire-app-token"), clientId: v.string() }),
  v.strictObject({ do: v.literal("revoke-authorization"), user: v.string(), clientId: v.string() }),
  v.strictObject({
    do: v.literal("revoke-subscription"),
    subscriptionId: v.string(),
    status: v.optional(v.string(), "authorization_revoked"),
  }),
]) satisfies v.GenericSchema<unknown, Fault>;
