/** Reads an endpoint's JSON body; a missing field and a wrong one are told apart as Helix does. */
import * as v from "valibot";
import { HelixRefusal } from "./refusal.ts";

export function parseBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, body ?? {});
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue) ?? "body";
  if (issue.received === "undefined") throw new HelixRefusal(400, `Missing required parameter "${field}"`);
  throw new HelixRefusal(400, `The parameter "${field}" was malformed: ${issue.message}`);
}
