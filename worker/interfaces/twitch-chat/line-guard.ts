/**
 * Stands between the socket and twurple, which throws at lines Twitch would never send (a PRIVMSG without a sender,
 * a NOTICE about no channel), partly where nobody could catch it. Only lines a bot needs, and that are whole, come
 * through.
 */
import { toError } from "../../../shared/errors.ts";
import type { Logger } from "../../../shared/log.ts";
import { parseUserNoticeLine, type UserNoticeLine } from "./user-notice-line.ts";

/** One space before the target: twurple takes what stands behind a first of two for an empty one. */
const SHAPE = /^(?<tags>@[^ ]+ +)?(?<sender>:[^ !@]+[^ ]* +)?(?<command>[A-Z]+|\d{3})(?: (?<target>[^ ]+))?/;
const CAP_ANSWER = /CAP +[^ ]+ +(?:LS|ACK|NAK) +(?:\* +)?:/;
const CHANNEL = /^#[a-z0-9][a-z0-9_]{0,24}$/;

/** Pure. */
export function isLineForUs(line: string): boolean {
  const found = SHAPE.exec(line)?.groups;
  if (!found) return false;
  const { command = "", target = "" } = found;
  switch (command) {
    case "PRIVMSG":
      return found.sender !== undefined && CHANNEL.test(target);
    case "USERSTATE":
    case "ROOMSTATE":
      return CHANNEL.test(target);
    case "NOTICE":
      // The one about a refused login is about no channel and carries no tags.
      return CHANNEL.test(target) || (target === "*" && found.tags === undefined);
    case "CAP":
      return CAP_ANSWER.test(line);
    case "PING":
    case "PONG":
    case "RECONNECT":
      return true;
    default:
      return /^\d{3}$/.test(command);
  }
}

/** `onUserNotice`: those lines twurple never sees. */
export function guardLines(
  irc: { receiveLine(line: string): void },
  log: Logger,
  onUserNotice: (line: UserNoticeLine) => void,
): void {
  const receive = irc.receiveLine.bind(irc);
  irc.receiveLine = (line) => {
    try {
      const notice = parseUserNoticeLine(line);
      if (notice) onUserNotice(notice);
      else if (isLineForUs(line)) receive(line);
    } catch (problem) {
      log.warn({ err: toError(problem) }, "a line of chat was not understood");
    }
  };
}
