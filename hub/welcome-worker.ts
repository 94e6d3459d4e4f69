/** Welcomes workers and serves them: resolves their channel, keeps their wishes, hands them to the router. */
import type { DesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { toError } from "../shared/errors.ts";
import { type ChannelId, channelIdOf } from "../shared/ids.ts";
import { HUB_WORKER_VERSION, type HubToWorker } from "../shared/ipc/hub-worker.ts";
import type { Link } from "../shared/ipc/link.ts";
import type { Logger } from "../shared/log.ts";
import type { Directory } from "./directory.ts";
import { SAYS_BY_HELIX } from "./gateway/sayer.ts";
import type { StandingAtTwitch } from "./moderated-channels.ts";
import type { Games } from "./open-games.ts";
import type { Permits } from "./permits/permits.ts";
import type { Router } from "./router.ts";
import type { WorkerDuties } from "./talk-with-worker.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import type { Answered, makeQuestionDesk } from "./worker-questions.ts";

export function makeWelcome(using: {
  readonly epoch: string;
  readonly directory: Pick<Directory, "find">;
  readonly router: Pick<Router, "know" | "attach" | "detach" | "acknowledge" | "wishChanged">;
  readonly desired: Pick<DesiredSubscriptions, "replace">;
  /** The wishes have changed. */
  readonly onWish: (channelId: ChannelId) => void;
  readonly ask: ReturnType<typeof makeQuestionDesk>;
  readonly games: Pick<Games, "heardHits">;
  readonly tokens: Pick<TokenOwner, "get">;
  readonly lastStanding: Permits["lastStanding"];
  /** Asked when no worker has told it; left out: chat tells it at the join. */
  readonly standingAtTwitch?: StandingAtTwitch;
  readonly log: Logger;
}): WorkerDuties["welcome"] {
  const { epoch, router, desired, log } = using;

  return async (hello, link) => {
    const { channel, resumeAfter } = hello;
    const [token, found] = await Promise.all([using.tokens.get(), using.directory.find(channel)]);
    if (found.is === "nobody") return refuse(link, `Twitch has no account named ${channel}`);
    if (found.is === "away")
      return refuse(link, `Twitch could not be asked who ${channel} is: ${found.problem}`);
    if (token.is !== "token") return refuse(link, `the bot's token can't be used now: ${token.problem}`);

    const { userId, displayName } = found.user;
    const { facts } = token.token;
    const channelId = channelIdOf(userId);
    const lastStanding = using.lastStanding(channel) ?? (await using.standingAtTwitch?.(channel, channelId));
    router.know(channel, channelId);
    link.send({
      kind: "welcome",
      version: HUB_WORKER_VERSION,
      epoch,
      channelId,
      channelName: displayName,
      bot: {
        userId: facts.userId,
        login: facts.login,
        maySayByHelix: facts.scopes.includes(SAYS_BY_HELIX),
        lastStanding,
      },
    });
    // Numbers of another epoch are another hub's.
    router.attach(channel, link, resumeAfter?.epoch === epoch ? resumeAfter.seq : undefined);
    log.info({ channel, resumeAfter }, "worker welcomed");

    return {
      wantTopics(topics) {
        try {
          desired.replace(channel, topics);
        } catch (problem) {
          // It is wanted all the same; a hub after this one hears it from the worker again.
          log.warn({ channel, err: toError(problem) }, "a channel's wish could not be written down");
        }
        router.wishChanged(channel);
        if (topics.length === 0) link.send({ kind: "topics-settled" });
        using.onWish(channelId);
      },
      received: (seq) => router.acknowledge(channel, link, seq),
      ask({ id, question }) {
        void using.ask(question, { channel, channelId }).then((answered) => reply(link, id, answered));
      },
      gameHits: using.games.heardHits,
      left() {
        log.info({ channel }, "worker left");
        router.detach(channel, link);
      },
    };
  };
}

function refuse(link: Link<HubToWorker>, because: string): undefined {
  link.close(because);
  return undefined;
}

const DETAIL_MAX = 500;

function reply(link: Link<HubToWorker>, id: number, answered: Answered): void {
  if (answered.is === "reply") link.send({ kind: "response", id, reply: answered.reply });
  else
    link.send({
      kind: "request-failed",
      id,
      code: answered.code,
      detail: answered.detail.slice(0, DETAIL_MAX),
    });
}
