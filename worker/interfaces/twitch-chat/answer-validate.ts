/**
 * ChatClient asks id.twitch.tv who a token belongs to before it logs in. The hub, the tokens' owner, has asked that
 * already and told us, so the question is answered here. No worker speaks HTTP to anybody: without Node's fetch and
 * its Headers, undici (10 MB) is never loaded, and what a library may try to fetch besides fails loudly.
 */
import type { ChatToken } from "./chat-tokens.ts";

const VALIDATE_URL = "https://id.twitch.tv/oauth2/validate";
const CLIENT_ID = "known-to-the-hub";

/**
 * Replaces the process's fetch and Headers for good. `speaksHttp`: this worker asks Helix itself (it hears EventSub
 * directly), so only this one question is answered here.
 */
export function answerValidateLocally(
  findToken: () => ChatToken | undefined,
  speaksHttp: "speaks-http" | undefined = undefined,
): void {
  const others = speaksHttp ? globalThis.fetch : undefined;
  const fetch = async (url: unknown, options?: { readonly headers?: unknown }) => {
    if (url !== VALIDATE_URL) {
      if (others) return others(url as string, options as RequestInit);
      throw new Error(`a worker fetches nothing: ${String(url)}`);
    }
    const token = findToken();
    const said = hasGet(options?.headers) ? options.headers.get("Authorization") : undefined;
    return token && said === `OAuth ${token.accessToken}` ? answer(200, describe(token)) : answer(401, {});
  };
  if (others) return void Object.assign(globalThis, { fetch });
  // Assigned, not defined: even looking at the old property's descriptor would load undici.
  Object.assign(globalThis, { fetch, Headers: FewHeaders });
}

const describe = (token: ChatToken) => ({
  client_id: CLIENT_ID,
  login: token.login,
  user_id: token.userId,
  scopes: token.scopes,
  expires_in: 0,
});

/** As much of a Response as twurple reads. */
const answer = (status: number, body: object) => ({
  ok: status === 200,
  status,
  statusText: "",
  headers: new FewHeaders({ "Content-Type": "application/json" }),
  text: async () => JSON.stringify(body),
  json: async () => body,
});

const hasGet = (headers: unknown): headers is { get(name: string): string | null } =>
  typeof headers === "object" && headers !== null && "get" in headers && typeof headers.get === "function";

/** As much of Headers as twurple uses. */
class FewHeaders {
  readonly #values = new Map<string, string>();

  constructor(start: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(start)) this.append(name, value);
  }

  append(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }
}
