/** One question to a web service, ended within its time and its size whatever the service does. Never throws. */
import type { Clock, Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";

export type JsonAnswer =
  | { readonly is: "answered"; readonly status: number; readonly body: unknown }
  | { readonly is: "failed"; readonly problem: string };

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export async function askJson(using: {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly withinMs: Millis;
  readonly bytesMax: number;
  readonly fetch: Fetch;
  readonly clock: Clock;
}): Promise<JsonAnswer> {
  const { url, method = "GET", headers, body, bytesMax } = using;
  const stop = new AbortController();
  const cancel = using.clock.after(using.withinMs, () =>
    stop.abort(new Error(`no answer within ${using.withinMs} ms`)),
  );
  const ask = async (): Promise<JsonAnswer> => {
    const response = await using.fetch(url, {
      method,
      signal: stop.signal,
      // A redirect could lead anywhere, into the house's own network too.
      redirect: "error",
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    const text = await readBounded(response, bytesMax, stop.signal);
    return { is: "answered", status: response.status, body: toJson(text) };
  };
  try {
    return await Promise.race([ask(), whenAborted(stop.signal)]);
  } catch (problem) {
    const { message } = toError(stop.signal.aborted ? stop.signal.reason : problem);
    return { is: "failed", problem: message };
  } finally {
    cancel();
    // What is still on its way is not read any more.
    stop.abort();
  }
}

/** Whoever does not heed the signal is not waited for. */
const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/** Nothing that is JSON is undefined: a page of an error in HTML becomes that. */
function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readBounded(response: Response, bytesMax: number, signal: AbortSignal): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw signal.reason;
      if (done) return Buffer.concat(chunks).toString("utf8");
      bytes += value.byteLength;
      if (bytes > bytesMax) throw new Error(`the answer is larger than ${bytesMax} bytes`);
      chunks.push(value);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}
