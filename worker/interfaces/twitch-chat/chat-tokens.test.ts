import * as v from "valibot";
import { expect, test } from "vitest";
import { Login, UserId } from "../../../shared/ids.ts";
import type { Question } from "../../../shared/ipc/hub-worker.ts";
import { tokenFingerprint } from "../../../shared/token-fingerprint.ts";
import { makeFakeClock } from "../../../tests/support/fake-clock.ts";
import type { Asked } from "../../hub-desk.ts";
import { type ChatToken, makeChatTokens } from "./chat-tokens.ts";

const token = (accessToken: string): ChatToken => ({
  about: "chat-token",
  accessToken,
  userId: v.parse(UserId, "900"),
  login: v.parse(Login, "kissbot"),
  scopes: [],
});

function open() {
  const asked: Question[] = [];
  const surroundings: { answer: Asked<{ about: "chat-token" }> } = {
    answer: { is: "answered", reply: token("t1") },
  };
  const hub = {
    async ask<Q extends Question>(question: Q): Promise<Asked<Q>> {
      asked.push(question);
      return surroundings.answer as Asked<Q>;
    },
  };
  return { asked, surroundings, tokens: makeChatTokens({ hub, clock: makeFakeClock() }) };
}

test("names the refused token by its fingerprint, never by itself", async () => {
  const { asked, tokens } = open();
  await tokens.get(undefined);
  await tokens.get(tokenFingerprint("t1"));
  expect(asked).toEqual([
    { about: "chat-token", rejected: undefined },
    { about: "chat-token", rejected: tokenFingerprint("t1") },
  ]);
});

test("while the hub is away the held token serves, unless it is the refused one", async () => {
  const { surroundings, tokens } = open();
  await tokens.get(undefined);
  surroundings.answer = { is: "away" };
  expect(await tokens.get(undefined)).toMatchObject({ is: "token" });
  expect(await tokens.get(tokenFingerprint("older"))).toMatchObject({ is: "token" });
  expect(await tokens.get(tokenFingerprint("t1"))).toEqual({ is: "away", detail: "the hub is away" });
});
