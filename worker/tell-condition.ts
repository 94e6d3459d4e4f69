/**
 * What the supervisor hears of this worker: what is wrong with it and what it waits for. A wait is claimed for as long
 * as the next try takes to come, and only on what the last one has shown: silence shows nothing, and may be our own.
 */
import type { Millis } from "../shared/clock.ts";
import type { ChildLife } from "../shared/ipc/child-life.ts";
import { BEAT_EVERY_MS, type Stage, type Wait } from "../shared/ipc/supervisor-child.ts";
import type { Fall } from "./interfaces/twitch-chat/chat-patience.ts";
import { toChatWait } from "./interfaces/twitch-chat/chat-wait.ts";
import type { AskLoginPermit } from "./interfaces/twitch-chat/login-permits.ts";

export interface ConditionTeller {
  /** What went wrong, by whoever it went wrong for. */
  trouble(code: string, detail: string): void;
  /** The next try to reach the hub comes in so long. */
  hubAway(because: string, forMs: Millis): void;
  hubWelcome(): void;
  /** The hub can't have the topics yet. */
  topicsWait(because: string, forMs: Millis): void;
  /** All that the channel's owner has to grant first. */
  grantsMissing(topics: readonly { readonly topic: string }[]): void;
  topicsSettled(): void;
  /** Asks as before, and tells of the queue. */
  inTurn(ask: AskLoginPermit): AskLoginPermit;
  chatRests(fall: Fall, forMs: Millis): void;
  /** Chat over EventSub does not come; the hub says so again and again. */
  chatWaits(wait: Pick<Wait, "for" | "detail">): void;
  chatJoined(): void;
}

/** They happened, and there is no end of them to tell. */
const PAST: ReadonlySet<string> = new Set(["events-lost", "log-lost"]);
const CHAT = "chat-";
const TOPIC = "topic-";
/** Of a worker that hears EventSub itself. */
const EVENTSUB_AWAY = "eventsub-away";
const NEEDS_GRANT = "topic-needs-grant";
/** As long as a dial may hang, and a little. */
const DIAL_MS: Millis = 10_000;
/** The hub looks with every beat; two may be late. */
const CHAT_NEWS_MS: Millis = 3 * BEAT_EVERY_MS;
const GRANT_ADVICE =
  "the channel's owner has to grant the bot what these events take, or the module that wants them has to be switched off";
const NAMED_MAX = 3;
const MS_PER_S = 1_000;

export function makeConditionTeller(using: {
  readonly life: () => Pick<ChildLife, "trouble" | "condition">;
  readonly has: (what: "chat" | "eventsub") => boolean;
}): ConditionTeller {
  const condition = () => using.life().condition;
  /** One at a time: the latest reason why there is no chat. */
  let chatTrouble: string | undefined;
  const waitedForHub = new Set<Stage>();

  let isGrantMissing = false;

  const endChatTrouble = () => {
    if (chatTrouble !== undefined) condition().troubleEnds(chatTrouble);
    chatTrouble = undefined;
  };
  const waitsFor = (wait: Wait) => {
    if (wait.for === "hub") waitedForHub.add(wait.stage);
    else waitedForHub.delete(wait.stage);
    condition().waitsFor(wait);
  };
  return {
    trouble(code, detail) {
      // Told as what it waits for.
      if (code === NEEDS_GRANT) return;
      if (PAST.has(code) || code.startsWith(TOPIC)) return using.life().trouble(code, detail);
      if (code.startsWith(CHAT) && code !== chatTrouble) {
        endChatTrouble();
        chatTrouble = code;
      }
      condition().troubleBegins(code, detail);
    },
    hubAway(because, forMs) {
      const detail = `the hub can't be reached: ${because}`;
      for (const stage of ["chat", "eventsub"] as const)
        if (!using.has(stage)) waitsFor({ stage, for: "hub", detail, forMs: forMs + DIAL_MS });
    },
    hubWelcome() {
      condition().troubleEnds("hub-refused");
      for (const stage of waitedForHub) condition().waitsNoMore(stage);
      waitedForHub.clear();
    },
    topicsWait(because, forMs) {
      if (!using.has("eventsub") && !isGrantMissing)
        waitsFor({ stage: "eventsub", for: "twitch", detail: because, forMs });
    },
    grantsMissing(topics) {
      isGrantMissing = topics.length > 0;
      if (!isGrantMissing) return condition().waitsNoMore("eventsub");
      const named = topics.slice(0, NAMED_MAX).map(({ topic }) => topic);
      const more = topics.length > NAMED_MAX ? ` and ${topics.length - NAMED_MAX} more` : "";
      waitsFor({ stage: "eventsub", for: "operator", detail: `${GRANT_ADVICE}: ${named.join(", ")}${more}` });
    },
    topicsSettled() {
      condition().troubleEnds(EVENTSUB_AWAY);
      if (!isGrantMissing) condition().waitsNoMore("eventsub");
    },
    inTurn: (ask) => (wants, onQueued) => {
      const asked = ask(wants, (expectedMs) => {
        const seconds = Math.ceil(expectedMs / MS_PER_S);
        const detail = `its turn to ${wants === "auth" ? "log in" : "join"} comes in about ${seconds} s`;
        waitsFor({ stage: "chat", for: "turn", detail, forMs: expectedMs });
        onQueued(expectedMs);
      });
      void asked.permit.then(() => condition().waitsNoMore("chat"));
      return asked;
    },
    chatRests(fall, forMs) {
      const wait = toChatWait(fall, forMs);
      if (wait) waitsFor(wait);
    },
    chatWaits(wait) {
      const forMs = wait.for === "operator" ? {} : { forMs: CHAT_NEWS_MS };
      waitsFor({ stage: "chat", ...wait, ...forMs });
    },
    chatJoined() {
      condition().waitsNoMore("chat");
      endChatTrouble();
    },
  };
}
