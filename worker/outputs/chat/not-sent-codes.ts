/** The msg-ids of a NOTICE that mean: what you just said was not said. From Twitch's list of NOTICE ids. */
const NOT_SENT: ReadonlySet<string> = new Set([
  "msg_bad_characters",
  "msg_banned",
  "msg_banned_phone_number_alias",
  "msg_channel_blocked",
  "msg_channel_suspended",
  "msg_duplicate",
  "msg_emoteonly",
  "msg_followersonly",
  "msg_followersonly_followed",
  "msg_followersonly_zero",
  "msg_r9k",
  "msg_ratelimit",
  "msg_rejected",
  "msg_rejected_mandatory",
  "msg_requires_verified_phone_number",
  "msg_room_not_found",
  "msg_slowmode",
  "msg_subsonly",
  "msg_suspended",
  "msg_timedout",
  "msg_verified_email",
  "no_permission",
  "tos_ban",
]);

/** Saying the same again would not help: it is the words that are refused, or held until a moderator has read them. */
const WORDS_REFUSED: ReadonlySet<string> = new Set([
  "msg_bad_characters",
  "msg_rejected",
  "msg_rejected_mandatory",
]);

export const meansNotSent = (code: string): boolean => NOT_SENT.has(code);
export const refusesTheWords = (code: string): boolean => WORDS_REFUSED.has(code);
