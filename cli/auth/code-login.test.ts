import { createServer } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IdLogin } from "../../shared/twitch/id-login.ts";
import { makeFakeClock, settled } from "../../tests/support/fake-clock.ts";
import { plainPaint } from "../paint.ts";
import { loginByCode, parseReturn } from "./code-login.ts";

const wanted = { path: "/callback", state: "the-state" };

test.each([
  ["GET", "/callback?code=c&state=the-state&scope=x", { is: "code", code: "c" }],
  [
    "GET",
    "/callback?error=access_denied&error_description=The+user+denied+you+access&state=the-state",
    { is: "denied", because: "The user denied you access" },
  ],
  ["GET", "/callback?error=access_denied&state=the-state", { is: "denied", because: "access_denied" }],
  ["GET", "/callback?code=c&state=other", { is: "stranger", status: 400 }],
  ["GET", "/callback?error=access_denied&state=other", { is: "stranger", status: 400 }],
  ["GET", "/callback?code=c", { is: "stranger", status: 400 }],
  ["GET", "/callback?code=&state=the-state", { is: "stranger", status: 400 }],
  ["GET", "/favicon.ico", { is: "stranger", status: 404 }],
  ["POST", "/callback?code=c&state=the-state", { is: "stranger", status: 405 }],
  ["GET", "http://[", { is: "stranger", status: 400 }],
])("%s %s", (method, url, is) => {
  expect(parseReturn({ method, url }, wanted)).toMatchObject(is);
});

test("nobody without the state gets anywhere", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, state) => {
      fc.pre(!url.includes("the-state") && state !== "the-state");
      for (const asked of [url, `/callback?code=c&state=${encodeURIComponent(state)}`])
        expect(parseReturn({ method: "GET", url: asked }, wanted).is).toBe("stranger");
    }),
  );
});

/** A port that was free a moment ago. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

async function open(port?: number) {
  const clock = makeFakeClock();
  const said: string[] = [];
  const exchanged: string[][] = [];
  const stopping = new AbortController();
  const redirectUrl = `http://localhost:${port ?? (await freePort())}/callback`;
  const idLogin: IdLogin = {
    startDevice: () => Promise.reject(new Error("not asked for")),
    pollDevice: () => Promise.reject(new Error("not asked for")),
    async exchangeCode(code, redirect) {
      exchanged.push([code, redirect]);
      return { is: "granted", login: { accessToken: "a", refreshToken: "r" } };
    },
    revoke: () => Promise.reject(new Error("not asked for")),
  };
  let opened = () => {};
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const done = loginByCode({
    idLogin,
    baseUrl: "https://id.twitch.tv/oauth2",
    clientId: "client",
    redirectUrl,
    scopes: ["chat:read"],
    desk: {
      clock,
      paint: plainPaint,
      say(text) {
        said.push(text);
        opened();
      },
    },
    stopping: stopping.signal,
  });
  await Promise.race([isOpen, done]);
  const link = said[0]?.replace(/^Open +/, "") ?? "";
  const state = URL.canParse(link) ? (new URL(link).searchParams.get("state") ?? "") : "";
  return { clock, stopping, done, state, redirectUrl, exchanged };
}

describe("the way back", () => {
  test("a browser with the right state brings the code; strangers before it change nothing", async () => {
    const at = await open();
    expect(at.state.length).toBeGreaterThanOrEqual(32);
    expect((await fetch(`${at.redirectUrl}?code=evil&state=guess`)).status).toBe(400);
    expect((await fetch(at.redirectUrl.replace("callback", ""))).status).toBe(404);
    const page = await fetch(`${at.redirectUrl}?code=good&state=${at.state}`);
    expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(await page.text()).toContain("You can close this page");
    expect(await at.done).toEqual({ is: "granted", login: { accessToken: "a", refreshToken: "r" } });
    expect(at.exchanged).toEqual([["good", at.redirectUrl]]);
    // One answer, and the door is shut.
    await expect(fetch(at.redirectUrl)).rejects.toThrow();
    expect(at.clock.pending()).toBe(0);
  });

  test("what stands in the address is shown to nobody", async () => {
    const at = await open();
    const page = await fetch(`${at.redirectUrl}?error=%3Cscript%3E&state=${at.state}`);
    expect(await page.text()).not.toContain("script");
    expect(await at.done).toMatchObject({ is: "refused", because: expect.stringContaining("denied") });
    expect(at.exchanged).toEqual([]);
  });

  test("nobody comes: it is given up", async () => {
    const at = await open();
    await at.clock.advance(10 * 60_000);
    expect(await at.done).toMatchObject({
      is: "refused",
      because: expect.stringContaining("nobody agreed in time"),
    });
  });

  test("Ctrl-C shuts the door", async () => {
    const at = await open();
    at.stopping.abort();
    expect(await at.done).toMatchObject({ is: "stopped" });
    await settled();
    await expect(fetch(at.redirectUrl)).rejects.toThrow();
  });

  test("a port that somebody else has is said, with what to do", async () => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(port, "127.0.0.1", resolve));
    const at = await open(port);
    expect(await at.done).toMatchObject({
      is: "refused",
      because: expect.stringMatching(/EADDRINUSE.*--device/),
    });
    await new Promise((resolve) => other.close(resolve));
  });
});
