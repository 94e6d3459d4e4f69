import * as v from "valibot";
import { url } from "./words.ts";

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

export const LoginSettings = v.pipe(
  v.strictObject({
    redirect_url: v.optional(
      v.pipe(
        url("http:"),
        v.check(
          (text) => !URL.canParse(text) || LOOPBACK.includes(new URL(text).hostname),
          `an address on this machine: http://${LOOPBACK.join(", http://")}`,
        ),
        v.description(
          "For applications with a client secret: where Twitch sends the browser back to after `./kissbot.sh auth login`. It must be one of the redirect URLs of your application at Twitch, letter for letter.",
        ),
      ),
      "http://localhost:3000/callback",
    ),
  }),
  v.description("Logging in at Twitch, ./kissbot.sh auth login. See docs/login.md."),
);
