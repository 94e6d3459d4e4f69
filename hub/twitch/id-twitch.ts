/** id.twitch.tv lies on the ground floor, because the cli logs in there, too. */
export * from "../../shared/twitch/id-twitch.ts";
