import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { getTokenInfo, InvalidTokenError } from "@twurple/auth";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Login, UserId } from "../../../shared/ids.ts";
import { answerValidateLocally } from "./answer-validate.ts";
import type { ChatToken } from "./chat-tokens.ts";

const { fetch: realFetch, Headers: RealHeaders } = globalThis;
const token: ChatToken = {
  about: "chat-token",
  accessToken: "abc",
  userId: v.parse(UserId, "900"),
  login: v.parse(Login, "kissbot"),
  scopes: ["chat:read"],
};
let held: ChatToken | undefined = token;

beforeAll(() => answerValidateLocally(() => held));
afterAll(() => {
  Object.assign(globalThis, { fetch: realFetch, Headers: RealHeaders });
});

test("twurple learns from us whose token it is", async () => {
  const info = await getTokenInfo("abc");
  expect([info.userName, info.userId, info.scopes]).toEqual(["kissbot", "900", ["chat:read"]]);
});

test("another token than the one we hold, or none, is refused as Twitch would", async () => {
  await expect(getTokenInfo("xyz")).rejects.toThrow(InvalidTokenError);
  held = undefined;
  await expect(getTokenInfo("abc")).rejects.toThrow(InvalidTokenError);
  held = token;
});

test.each([
  "https://id.twitch.tv/oauth2/token",
  "https://api.twitch.tv/helix/users",
  "http://169.254.169.254/",
])("nothing else is fetched: %s", async (url) => {
  await expect(fetch(url)).rejects.toThrow(`a worker fetches nothing: ${url}`);
});

test("undici is not loaded by it, nor by anything chat needs", () => {
  const script = `
    const { answerValidateLocally } = await import("./answer-validate.ts");
    const { openIrcConnection } = await import("./irc-connection.ts");
    answerValidateLocally(() => undefined);
    await fetch("https://id.twitch.tv/oauth2/validate", { headers: new Headers({}) });
    console.log(typeof openIrcConnection, process.moduleLoadList.filter((name) => name.includes("undici")).join());`;
  const said = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    cwd: join(import.meta.dirname),
    encoding: "utf8",
  });
  expect(said.trim()).toBe("function");
});
