/** One call to an outside service, whatever comes back: a parsed value of bounded size, or which kind of failure it was. */
import { type Agent, request } from "undici";
import * as v from "valibot";
import { toError } from "../../shared/errors.ts";

export const FAILURES = [
  "unreachable",
  "too-slow",
  "rate-limited",
  /** Our key or token is not taken. */
  "unauthorised",
  "refused",
  "server-error",
  "not-json",
  "too-large",
  "unknown-shape",
  /** Its budget is spent: it was not asked. */
  "over-budget",
  /** It failed so often that it is left alone for a while: it was not asked. */
  "resting",
] as const;

export interface ServiceFailure {
  readonly is: "failed";
  readonly because: (typeof FAILURES)[number];
  readonly problem: string;
}
export type ServiceAnswer<T> = { readonly is: "answered"; readonly value: T } | ServiceFailure;

export const failed = (because: ServiceFailure["because"], problem: string): ServiceFailure => ({
  is: "failed",
  because,
  problem: problem.slice(0, PROBLEM_MAX),
});
const PROBLEM_MAX = 200;

/** A page of a shop has 100 kB; parsing this much holds the hub up for some milliseconds. */
export const REPLY_BYTES_MAX = 1_048_576;

export interface ServiceCall {
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Never rejects. `url` may hold a key: it is in no problem's text. */
export async function askService<Schema extends v.GenericSchema>(
  call: ServiceCall,
  schema: Schema,
  using: { readonly agent: Agent; readonly signal: AbortSignal },
): Promise<ServiceAnswer<v.InferOutput<Schema>>> {
  try {
    const { statusCode, headers, body } = await request(call.url, {
      method: call.method ?? "GET",
      dispatcher: using.agent,
      signal: using.signal,
      headers: { accept: "application/json", "user-agent": USER_AGENT, ...call.headers },
      ...(call.body !== undefined && { body: call.body }),
    });
    const text = await readBounded(body, Number(headers["content-length"] ?? 0));
    if (text === undefined) return failed("too-large", `more than ${REPLY_BYTES_MAX} bytes`);
    return toServiceAnswer(statusCode, text, schema);
  } catch (problem) {
    if (using.signal.aborted) return failed("too-slow", "it had not answered when time was up");
    return failed("unreachable", toError(problem).message);
  }
}

const USER_AGENT = "KissBot (self-hosted Twitch bot)";

async function readBounded(
  body: AsyncIterable<Buffer> & { destroy(): unknown; on(event: "error", listen: () => void): unknown },
  promised: number,
): Promise<string | undefined> {
  const giveUp = () => {
    // What is destroyed in the middle complains of it.
    body.on("error", () => {});
    body.destroy();
    return undefined;
  };
  if (promised > REPLY_BYTES_MAX) return giveUp();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > REPLY_BYTES_MAX) return giveUp();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Pure. */
export function toServiceAnswer<Schema extends v.GenericSchema>(
  status: number,
  text: string,
  schema: Schema,
): ServiceAnswer<v.InferOutput<Schema>> {
  if (status === 429) return failed("rate-limited", "429");
  if (status === 401 || status === 403) return failed("unauthorised", String(status));
  if (status >= 500) return failed("server-error", String(status));
  if (status >= 300) return failed("refused", String(status));
  const body = parseJson(text);
  if (body === undefined) return failed("not-json", `${status}, ${text.length} characters that are no JSON`);
  const parsed = v.safeParse(schema, body.value);
  if (parsed.success) return { is: "answered", value: parsed.output };
  const [issue] = parsed.issues;
  return failed("unknown-shape", `${v.getDotPath(issue) ?? "the reply"} is not what it should be`);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
