/** Welcomes workers and serves them: resolves their channel, keeps their wishes, hands them to the router. */
import type { DesiredSubscriptions } from "../db/desired-subscriptions.ts";
import { channelIdOf } from "../shared/ids.ts";
import { HUB_WORKER_VERSION, type HubToWorker } from "../shared/ipc/hub-worker.ts";
import type { Link } from "../shared/ipc/link.ts";
import type { Logger } from "../shared/log.ts";
import type { Directory } from "./directory.ts";
import type { HubDuties } from "./front-desk.ts";
import type { Permits } from "./permits.ts";
import type { Router } from "./router.ts";
import type { TokenOwner } from "./tokens/token-owner.ts";
import type { Answered, makeQuestionDesk } from "./worker-questions.ts";

export function makeWelcome(using: {
  readonly epoch: string;
  /** How many share the account's budgets. */
  readonly workers: () => number;
  readonly directory: Directory;
  readonly router: Router;
  readonly desired: DesiredSubscriptions;
  /** The wishes have changed. */
  readonly onWish: () => void;
  readonly permits: Permits;
  readonly ask: ReturnType<typeof makeQuestionDesk>;
  readonly tokens: TokenOwner;
  readonly log: Logger;
}): HubDuties["welcome"] {
  const { epoch, router, desired, log } = using;
  /** Spawns that said hello to this hub before. */
  const known = new Set<string>();

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
    router.know(channel, channelId);
    // A worker that knew an earlier hub tells what it sent meanwhile; to us it told the rest already.
    if (!known.has(hello.spawnId)) using.permits.noteSent(hello.sentAgoMs);
    known.add(hello.spawnId);
    link.send({
      kind: "welcome",
      version: HUB_WORKER_VERSION,
      epoch,
      channelId,
      channelName: displayName,
      bot: { userId: facts.userId, login: facts.login },
      awayBudget: using.permits.awayBudget(using.workers()),
    });
    // Numbers of another epoch are another hub's.
    router.attach(channel, link, resumeAfter?.epoch === epoch ? resumeAfter.seq : undefined);
    log.info({ channel, resumeAfter }, "worker welcomed");

    return {
      wantTopics(topics) {
        desired.replace(channel, topics);
        router.wishChanged(channel);
        if (topics.length === 0) link.send({ kind: "topics-settled" });
        using.onWish();
      },
      received: (seq) => router.acknowledge(channel, link, seq),
      ask({ id, question }) {
        void using.ask(question, channelId).then((answered) => reply(link, id, answered));
      },
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
