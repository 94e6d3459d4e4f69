/** The one place where the demo's text comes together: both chats, the house's own news, and the line being typed. */
import type { Clock, Millis } from "../../shared/clock.ts";
import type { Paint } from "../paint.ts";
import { makeReplyLedger, type ReplyLedger } from "../trial/reply-ledger.ts";
import { type FeedLine, toChatLine } from "../trial/sim-feed.ts";
import { ACCOUNT, CHANNELS, PREFIX } from "./cast.ts";
import { makeTranscript } from "./transcript.ts";
import { startTyping } from "./typing.ts";

export interface Screen {
  readonly ledger: ReplyLedger;
  /** Monotonic; undefined as long as nobody was answered. */
  firstReplyAt(): Millis | undefined;
  showFeedLine(line: FeedLine): void;
  tellHouse(channel: string, text: string): void;
  print(text: string): void;
  /** From now on people can type below the transcript. */
  letType(onLine: (typed: string) => void): { stop(): void };
}

export function openScreen(using: {
  readonly clock: Clock;
  readonly paint: Paint;
  readonly say: (text: string) => void;
}): Screen {
  const { clock, say } = using;
  const ledger = makeReplyLedger(ACCOUNT.botLogin, PREFIX);
  const transcript = makeTranscript({ channels: CHANNELS, botLogin: ACCOUNT.botLogin, paint: using.paint });
  let firstReplyAt: Millis | undefined;
  let print = say;
  return {
    ledger,
    firstReplyAt: () => firstReplyAt,
    showFeedLine(line) {
      const chat = toChatLine(line);
      const reply = chat && ledger.hear(chat);
      if (reply) firstReplyAt ??= clock.now();
      const shown = transcript.renderFeedLine(line, reply);
      if (shown !== undefined) print(shown);
    },
    tellHouse: (channel, text) => print(transcript.renderHouse(channel, new Date(clock.wall()), text)),
    print: (text) => print(text),
    letType(onLine) {
      // On a terminal readline takes Ctrl-C for itself: it is given back to whoever listens for signals.
      const typing = startTyping({ print: say, onLine, onCtrlC: () => process.kill(process.pid, "SIGINT") });
      print = typing.print;
      return {
        stop() {
          typing.close();
          print = say;
        },
      };
    },
  };
}
