/** Reads a control request's JSON body or says in sentences what is wrong with it. */
import type { Context } from "hono";
import * as v from "valibot";
import { toProblems, toSentence } from "./problems.ts";

export class BadRequestError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(" "));
    this.name = "BadRequestError";
    this.problems = problems;
  }

  static fromIssues(issues: readonly v.BaseIssue<unknown>[]): BadRequestError {
    return new BadRequestError(toProblems(issues).map(toSentence));
  }
}

/** An empty body counts as none, for the orders that need no words. */
export async function readBody<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await c.req.text();
  const parsed = v.safeParse(schema, text.trim() === "" ? undefined : parseJson(text));
  if (!parsed.success) throw BadRequestError.fromIssues(parsed.issues);
  return parsed.output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRequestError([
      `The body is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
    ]);
  }
}
