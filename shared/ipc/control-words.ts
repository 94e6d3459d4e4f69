/** Words that both control conversations use, with the supervisor and with the hub. */
import * as v from "valibot";

export const CONTROL_VERSION = 2;

export const RequestId = v.pipe(v.number(), v.integer(), v.minValue(1));
export const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const Health = v.picklist(["healthy", "degraded", "down"]);
export type Health = v.InferOutput<typeof Health>;

/** The first message of every control conversation. */
export const OperatorHello = v.object({
  kind: v.literal("hello"),
  conversation: v.literal("control"),
  version: v.literal(CONTROL_VERSION),
  credential: v.pipe(v.string(), v.maxLength(128)),
});
export type OperatorHello = v.InferOutput<typeof OperatorHello>;
