/**
 * Login by authorisation code: the browser comes back to a page on this machine. For applications with a secret. Twitch
 * knows no PKCE; a code that somebody else got is worthless without the secret, and one that somebody else sends us
 * fails for want of our `state`.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { type IdLogin, toAuthorizeUrl } from "../../shared/twitch/id-login.ts";
import { quoteStranger } from "../safe-text.ts";
import type { Desk } from "../verb.ts";
import type { LoggedIn } from "./device-login.ts";

const WAIT_MS: Millis = 10 * 60_000;
const MS_PER_MIN = 60_000;
const STATE_BYTES = 24;

/** What the browser brought. */
export type CameBack =
  | { readonly is: "code"; readonly code: string }
  | { readonly is: "denied"; readonly because: string }
  /** Not ours: whoever it was, we wait on. */
  | { readonly is: "stranger"; readonly status: 400 | 404 | 405; readonly because: string };

/** Pure. */
export function parseReturn(
  request: { readonly method: string; readonly url: string },
  wanted: { readonly path: string; readonly state: string },
): CameBack {
  if (request.method !== "GET") return { is: "stranger", status: 405, because: "only GET here" };
  if (!URL.canParse(request.url, "http://localhost"))
    return { is: "stranger", status: 400, because: "this address makes no sense" };
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname !== wanted.path) return { is: "stranger", status: 404, because: "there is nothing here" };
  if (!isSame(searchParams.get("state") ?? "", wanted.state))
    return {
      is: "stranger",
      status: 400,
      because: "this is not the login that was begun: use the newest link",
    };
  const problem = searchParams.get("error");
  if (problem !== null) return { is: "denied", because: searchParams.get("error_description") || problem };
  const code = searchParams.get("code");
  return code
    ? { is: "code", code }
    : { is: "stranger", status: 400, because: "there is no code in this address" };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export async function loginByCode(using: {
  readonly idLogin: IdLogin;
  readonly baseUrl: string;
  readonly clientId: string;
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  readonly desk: Pick<Desk, "clock" | "say" | "paint">;
  readonly stopping: AbortSignal;
}): Promise<LoggedIn> {
  const { desk, stopping, redirectUrl } = using;
  const state = randomBytes(STATE_BYTES).toString("base64url");
  const server = createServer();
  try {
    const opened = await listen(server, new URL(redirectUrl));
    if (opened !== undefined)
      return {
        is: "refused",
        because: `nothing can be heard at ${redirectUrl} (${opened}): end whatever listens there, such as another auth login; or give login.redirect_url another port, here and at Twitch, or use --device`,
      };
    const link = toAuthorizeUrl({ ...using, responseType: "code", state, isForced: true });
    desk.say(`Open   ${desk.paint("bold", link)}`);
    desk.say(
      `in a browser on this machine: Twitch sends it back to ${redirectUrl}. On another machine use --device.`,
    );
    desk.say(`Waiting up to ${WAIT_MS / MS_PER_MIN} minutes for a yes; Ctrl-C gives up.`);
    const back = await comeBack(server, { path: new URL(redirectUrl).pathname, state }, desk.clock, stopping);
    if (back === "stopped") return { is: "stopped", because: "given up: nothing was stored" };
    if (back === "too-late")
      return { is: "refused", because: "nobody agreed in time: run it again for a new link" };
    if (back.is === "denied")
      return {
        is: "refused",
        because: `the login was denied (Twitch says ${quoteStranger(back.because)}): nothing was stored`,
      };
    const exchanged = await using.idLogin.exchangeCode(back.code, redirectUrl, stopping);
    if (stopping.aborted) return { is: "stopped", because: "given up: nothing was stored" };
    if (exchanged.is === "granted") return exchanged;
    return {
      is: exchanged.is,
      because: `Twitch gave no token for the code: ${quoteStranger(exchanged.problem)}`,
    };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Answers with why not. */
function listen(server: Server, { hostname, port }: URL): Promise<string | undefined> {
  // A browser that tries the other family of addresses first comes here next.
  const host = hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    server.once("error", (problem) => resolve(toError(problem).message));
    server.listen({ host, port: Number(port || "80"), exclusive: true }, () => resolve(undefined));
  });
}

function comeBack(
  server: Server,
  wanted: { readonly path: string; readonly state: string },
  clock: Desk["clock"],
  stopping: AbortSignal,
): Promise<Exclude<CameBack, { is: "stranger" }> | "stopped" | "too-late"> {
  return new Promise((resolve) => {
    const end = (with_: Parameters<typeof resolve>[0]) => {
      cancel();
      stopping.removeEventListener("abort", stop);
      resolve(with_);
    };
    const stop = () => end("stopped");
    const cancel = clock.after(WAIT_MS, () => end("too-late"));
    stopping.addEventListener("abort", stop);
    if (stopping.aborted) return stop();
    server.on("request", (request, response) => {
      const back = parseReturn({ method: request.method ?? "", url: request.url ?? "" }, wanted);
      const [status, words] = toPage(back);
      response.writeHead(status, {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'",
        "referrer-policy": "no-referrer",
        connection: "close",
      });
      // Answered first: the page is read before the door closes; a browser that left has come all the same.
      response.once("close", () => back.is !== "stranger" && end(back));
      response.end(toHtml(words));
    });
  });
}

function toPage(back: CameBack): readonly [status: number, words: string] {
  switch (back.is) {
    case "code":
      return [200, "KissBot has what it needs. You can close this page; the terminal says how it went."];
    case "denied":
      return [200, "You said no, and nothing was stored. You can close this page."];
    case "stranger":
      return [back.status, `KissBot: ${back.because}.`];
  }
}

/** Our own words only: nothing that came with the request is shown. */
const toHtml = (words: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>KissBot</title><p>${words}</p></html>\n`;
