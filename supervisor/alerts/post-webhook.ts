/**
 * One POST to the operator's webhook. The address is checked where the connection is made, so that a name which
 * resolves to another address by then gains nothing; redirects are not followed. Nothing of the address is ever said:
 * for most services it is the password.
 */
import type { LookupAddress, LookupOptions } from "node:dns";
import type { RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { isPrivateAddress } from "../../shared/private-address.ts";

export type Posted = { readonly is: "taken" } | { readonly is: "failed"; readonly problem: string };

export interface WebhookAddress {
  readonly url: string;
  readonly mayBePrivate: boolean;
}

const ANSWER_WITHIN_MS: Millis = 10_000;
const PRIVATE = "it leads to a private address: alerts.allow_private: true allows that";
const PLAIN = "it is not https, which is for private addresses only (alerts.allow_private)";
/** Errors of the network name hosts and addresses, these codes do not. */
const CODE = /^[A-Z][A-Z0-9_]+$/;

class RefusedAddressError extends Error {}

export async function postWebhook(
  { url, mayBePrivate }: WebhookAddress,
  body: Readonly<Record<string, string>>,
): Promise<Posted> {
  const to = new URL(url);
  if (to.protocol !== "https:" && !mayBePrivate) return { is: "failed", problem: PLAIN };
  if (!mayBePrivate && isAddress(to.hostname) && isPrivateAddress(to.hostname))
    return { is: "failed", problem: PRIVATE };
  try {
    const status = await send(to, JSON.stringify(body), mayBePrivate);
    if (status >= 200 && status < 300) return { is: "taken" };
    return { is: "failed", problem: `it answered ${status}` };
  } catch (thrown) {
    return { is: "failed", problem: describeFailure(thrown) };
  }
}

/** Loaded on first use: most houses never alert. */
async function send(to: URL, text: string, mayBePrivate: boolean): Promise<number> {
  const { request } = await (to.protocol === "https:" ? import("node:https") : import("node:http"));
  const { lookup } = await import("node:dns");
  const options: RequestOptions = {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "user-agent": "KissBot",
    },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    // A connection of its own: none is kept open for the next incident, which may be a year away.
    agent: false,
    ...(mayBePrivate ? {} : { lookup: publicOnly(lookup) }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(to, options, (answer) => {
      // What it says is not read: it may be anything.
      answer.on("error", () => {});
      answer.resume();
      answer.once("close", () => resolve(answer.statusCode ?? 0));
    });
    asked.once("error", reject);
    asked.end(text);
  });
}

type LookUp = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  done: (problem: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** One private address among several is refused, too: which of them is dialled is not ours to say. */
const publicOnly =
  (lookUp: LookUp): LookupFunction =>
  (hostname, options, done) =>
    lookUp(hostname, { ...options, all: true }, (problem, addresses) => {
      const [first] = addresses ?? [];
      if (problem || !first) return done(problem ?? new RefusedAddressError("it resolves to nothing"), "", 0);
      if (addresses.some(({ address }) => isPrivateAddress(address)))
        return done(new RefusedAddressError(PRIVATE), "", 0);
      if (options.all) return done(null, addresses);
      return done(null, first.address, first.family);
    });

const isAddress = (hostname: string): boolean => /^[\d.]+$/.test(hostname) || hostname.startsWith("[");

function describeFailure(thrown: unknown): string {
  const problem = toError(thrown);
  if (problem instanceof RefusedAddressError) return problem.message;
  if (problem.name === "TimeoutError" || problem.name === "AbortError")
    return `no answer within ${ANSWER_WITHIN_MS} ms`;
  const code = "code" in problem && typeof problem.code === "string" ? problem.code : "";
  return CODE.test(code) ? `it could not be reached (${code})` : "it could not be reached";
}
