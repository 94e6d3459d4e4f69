/**
 * Finds out what EventSub did not bring. After an outage (`afterOutage`) streams, titles and followers are compared
 * with what was known before, and at all times the running streams are looked at about once a minute: the slow safety
 * net below EventSub. What is found is handed on as events of our own, of which the router drops those that come by
 * EventSub, too.
 */
import type { ChannelStates } from "../../db/channel-states.ts";
import { type Backoff, restMs } from "../../shared/backoff.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { ChannelId, Login } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import type { ChannelEventBody } from "../../shared/twitch/channel-event.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { NewEvent } from "../replay-window.ts";
import { makeChannelMemory } from "./channel-memory.ts";
import { findMissedFollows, inOutage, type MissedFollows, noteEvent, secondOf } from "./channel-state.ts";
import type { Looked, TwitchLook } from "./look-at-twitch.ts";
import {
  type Follower,
  type Found,
  IN_FLIGHT_MS,
  infoSureAt,
  type Look,
  planGapFill,
} from "./plan-gap-fill.ts";

export interface ServedChannel {
  readonly channelId: ChannelId;
  readonly login: Login;
  readonly name: string;
  /** What its worker wishes to hear of, and Twitch did not refuse. */
  readonly topics: ReadonlySet<Topic>;
}

/** A routine look found what EventSub had not told. */
export interface Drift {
  readonly channel: Login;
  readonly topic: Topic;
  readonly agoMs: Millis;
}

export interface GapFillState {
  /** The last look that got through, of any kind. */
  readonly lastLookAgoMs: Millis | undefined;
  readonly lastFillAgoMs: Millis | undefined;
  /** Something may have been missed that was not looked for: since an outage began, until its gap is filled. */
  readonly isGapOpen: boolean;
  /** Since when an outage that is over waits for its gap to be filled. */
  readonly gapOpenForMs: Millis | undefined;
  readonly problem: string | undefined;
  readonly recovered: number;
  readonly drifts: readonly Drift[];
  /** Whose followers can't be looked at, and why. */
  readonly uncovered: ReadonlyMap<Login, string>;
}

export interface GapFill {
  /** EventSub's own word. */
  heard(channelId: ChannelId, body: ChannelEventBody): void;
  /**
   * This process has just begun: whether a stream began before it is looked at now. A few hundred subscriptions take
   * minutes, and somebody may wait for an announcement; the rest is looked for when they stand.
   */
  lookEarly(): void;
  /**
   * Other channels may be served now. Those that nothing is known of are looked at soon: of what is not known nobody
   * can say later whether it began during an outage.
   */
  meet(): void;
  /** From now on events may be missed. */
  outageBegins(): void;
  /** Events may have been missed until now; EventSub delivers again. */
  afterOutage(): void;
  /** Nothing is looked for, and what a look that is under way finds is left for later. */
  pause(): void;
  /** Looks as after an outage. */
  resume(): void;
  state(): GapFillState;
  stop(): void;
}

const LOOK_JITTER = 0.1;
const AGAIN: Backoff = { first: 2_000, longest: 60_000, jitter: 0.5 };
/** Workers come one after the other: those of so long are met together. */
export const MEET_AFTER_MS: Millis = 500;
/** A thousand of one channel: fewer than are kept for its worker. */
export const FOLLOWER_PAGES_MAX = 10;
const DRIFTS_SHOWN = 20;
const DRIFT_SHOWN_MS: Millis = 60 * 60_000;

/** Newest first. */
function isMarkReached(followers: readonly Follower[], missed: MissedFollows | undefined): boolean {
  const oldest = followers.at(-1);
  if (!missed || !oldest) return true;
  const { fromSecond, heard } = missed;
  const isTheMark = ({ user, followedAt }: Follower) =>
    secondOf(followedAt) === fromSecond && heard.includes(user.id);
  return secondOf(oldest.followedAt) < fromSecond || followers.some(isTheMark);
}

export function startGapFill(using: {
  readonly look: TwitchLook;
  readonly store: ChannelStates;
  readonly channels: () => readonly ServedChannel[];
  readonly onFound: (channelId: ChannelId, event: NewEvent) => void;
  /** How long background work has to wait for Helix's points; 0: not at all. */
  readonly waitForPointsMs: () => Millis;
  readonly lookEveryMs: Millis;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): GapFill {
  const { look, clock, log } = using;
  const memory = makeChannelMemory(using);
  const uncovered = new Map<Login, string>();
  let drifts: { readonly channel: Login; readonly topic: Topic; readonly at: Millis }[] = [];
  let isOutage = false;
  let isFillDue = false;
  let isEarlyDue = false;
  let isMeetingDue = false;
  let gapOpenSince: Millis | undefined;
  let isLooking = false;
  let isStopped = false;
  let isPaused = false;
  let failures = 0;
  let recovered = 0;
  let problem: string | undefined;
  let lastLookAt: Millis | undefined;
  let lastFillAt: Millis | undefined;
  let cancelLook = () => {};

  const apply = (channel: ServedChannel, its: Look) => {
    const before = memory.recall(channel.channelId);
    const because = before.doubt?.isOfOutage ? "outage" : its.because;
    const { state, found } = planGapFill(before, its, {
      names: { broadcasterLogin: channel.login, broadcasterName: channel.name },
      now: clock.now(),
      nowWall: clock.wall(),
    });
    memory.keep(state);
    for (const one of found) if (channel.topics.has(one.body.topic)) handOn(channel, one, because);
  };
  const handOn = (channel: ServedChannel, { id, at, body }: Found, because: Look["because"]) => {
    recovered += 1;
    log.warn(
      { channel: channel.login, topic: body.topic, because },
      "EventSub did not bring this: recovered",
    );
    if (because === "routine") {
      drifts = [...drifts, { channel: channel.login, topic: body.topic, at: clock.now() }].slice(
        -DRIFTS_SHOWN,
      );
    }
    using.onFound(channel.channelId, { id, at, body, recovered: true });
  };

  const isMet = ({ channelId }: ServedChannel) => memory.find(channelId)?.isStreamKnown === true;
  /** When the soonest doubt about what channels say of themselves can be settled; infinite: there is none. */
  const doubtDueIn = (): Millis =>
    Math.min(...using.channels().map((one) => infoSureAt(memory.recall(one.channelId)))) - clock.now();
  const isDoubtful = ({ channelId }: ServedChannel) =>
    infoSureAt(memory.recall(channelId)) < Number.POSITIVE_INFINITY;

  /** The problem when Twitch could not be asked. */
  const lookOnce = async (
    channels: readonly ServedChannel[],
    because: Look["because"],
    isEarly: boolean,
  ): Promise<string | undefined> => {
    const ids = channels.map((one) => one.channelId);
    const streams = await affordable(() => look.streams(ids));
    if (streams.is !== "looked") return streams.problem;
    const infos = because === "outage" && !isEarly ? await affordable(() => look.infos(ids)) : undefined;
    if (infos && infos.is !== "looked") return infos.problem;
    for (const channel of channels) {
      const followers = isEarly ? undefined : await lookAtFollowers(channel, because);
      if (followers?.is === "away") return followers.problem;
      if (isStopped || isPaused) return undefined;
      apply(channel, {
        because,
        stream: { live: streams.value.get(channel.channelId) },
        info: infos && (infos.value.get(channel.channelId) ?? "none"),
        followers: followers?.value,
      });
    }
    return undefined;
  };
  type FollowersLook = Exclude<Looked<readonly Follower[]>, { is: "refused" }>;
  const lookAtFollowers = async (
    channel: ServedChannel,
    because: Look["because"],
  ): Promise<FollowersLook | undefined> => {
    if (!channel.topics.has("channel.follow")) return undefined;
    const isBaselineMissing =
      memory.find(channel.channelId)?.lastFollowAt === undefined && !uncovered.has(channel.login);
    if (because === "routine" && !isBaselineMissing) return undefined;
    const missed = findMissedFollows(memory.recall(channel.channelId));
    const looked = await followersSince(channel, missed);
    if (looked.is !== "refused") {
      uncovered.delete(channel.login);
      return looked;
    }
    uncovered.set(channel.login, looked.problem);
    return undefined;
  };
  /** Without a mark only the newest are of interest. A point of Helix's a page. */
  const followersSince = async (
    { channelId, login }: ServedChannel,
    missed: MissedFollows | undefined,
  ): Promise<Looked<readonly Follower[]>> => {
    const followers: Follower[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < FOLLOWER_PAGES_MAX; pages += 1) {
      const looked = await affordable(() => look.followers(channelId, after));
      if (looked.is !== "looked") return looked;
      followers.push(...looked.value.followers);
      after = looked.value.next;
      if (isMarkReached(looked.value.followers, missed) || after === undefined)
        return { is: "looked", value: followers };
    }
    log.warn(
      { channel: login, recovered: followers.length },
      "more followers came than are looked for: of those before them nobody is told",
    );
    return { is: "looked", value: followers };
  };
  const affordable = async <Value>(ask: () => Promise<Looked<Value>>): Promise<Looked<Value>> => {
    const waitMs = using.waitForPointsMs();
    if (waitMs > 0) return { is: "away", problem: "Helix's points are needed for what viewers wait for" };
    return ask();
  };

  const lookIn = (inMs: Millis) => {
    cancelLook();
    if (!isStopped && !isPaused) cancelLook = clock.after(inMs, () => void run());
  };
  const routinely = () => using.lookEveryMs * (1 + LOOK_JITTER * using.random());
  /** What the next look is for: the more it covers, the sooner it comes. */
  const nextLook = () => {
    if (isFillDue) return "outage";
    if (isEarlyDue) return "early";
    if (isMeetingDue) return "meeting";
    return doubtDueIn() <= 0 ? "doubt" : "routine";
  };
  const run = async () => {
    if (isLooking || isStopped || isPaused) return;
    isLooking = true;
    const what = nextLook();
    const isAbout = (one: ServedChannel) =>
      what === "meeting" ? !isMet(one) : what !== "doubt" || isDoubtful(one);
    const channels = using.channels().filter(isAbout);
    // Another outage while we look opens it again; and who comes while we look is met afterwards.
    isFillDue = false;
    isEarlyDue = false;
    isMeetingDue = false;
    problem = await lookOnce(channels, what === "routine" ? "routine" : "outage", what === "early").catch(
      (thrown: unknown) => toError(thrown).message,
    );
    isLooking = false;
    if (isStopped || isPaused) return;
    if (problem === undefined) {
      failures = 0;
      // A look at some channels proves nothing of the others.
      if (what !== "meeting" && what !== "doubt") lastLookAt = clock.now();
      if (what === "outage") lastFillAt = clock.now();
      // A second look that comes soon is a part of the filling; one that waits for EventSub's word to be old is not.
      if (!isFillDue && doubtDueIn() > IN_FLIGHT_MS) gapOpenSince = undefined;
      lookIn(isFillDue ? 0 : soonOrRoutinely());
    } else {
      failures += 1;
      isFillDue ||= what === "outage";
      log.warn({ problem }, "Twitch could not be asked what was missed");
      const isPressing = isFillDue || what === "doubt";
      lookIn(isPressing ? restMs(AGAIN, failures, using.random()) : soonOrRoutinely());
    }
  };
  const soonOrRoutinely = () =>
    Math.max(0, Math.min(isMeetingDue ? MEET_AFTER_MS : routinely(), doubtDueIn()));
  lookIn(routinely());

  const nothingIsCertain = () => {
    for (const { channelId } of using.channels()) {
      const state = memory.find(channelId);
      if (state) memory.keep(inOutage(state));
    }
  };

  const agoMs = (at: Millis | undefined) => (at === undefined ? undefined : clock.now() - at);
  return {
    heard(channelId, body) {
      const before = memory.recall(channelId);
      const after = noteEvent(before, body, clock.now());
      if (after !== before) memory.keep(after);
    },
    lookEarly() {
      isEarlyDue = true;
      lookIn(0);
    },
    meet() {
      if (isMeetingDue || using.channels().every(isMet)) return;
      isMeetingDue = true;
      // A look that is due anyway meets everybody; one that is under way is followed by another.
      if (!isFillDue && !isEarlyDue && !isLooking) lookIn(MEET_AFTER_MS);
    },
    outageBegins() {
      isOutage = true;
      nothingIsCertain();
    },
    afterOutage() {
      isOutage = false;
      isFillDue = true;
      gapOpenSince ??= clock.now();
      lookIn(0);
    },
    pause() {
      isPaused = true;
      nothingIsCertain();
      cancelLook();
    },
    resume() {
      isPaused = false;
      isFillDue = true;
      gapOpenSince ??= clock.now();
      lookIn(0);
    },
    state: () => ({
      lastLookAgoMs: agoMs(lastLookAt),
      lastFillAgoMs: agoMs(lastFillAt),
      isGapOpen: isOutage || gapOpenSince !== undefined,
      gapOpenForMs: agoMs(gapOpenSince),
      problem,
      recovered,
      drifts: drifts
        .map(({ at, ...drift }) => ({ ...drift, agoMs: clock.now() - at }))
        .filter((drift) => drift.agoMs < DRIFT_SHOWN_MS),
      uncovered,
    }),
    stop() {
      isStopped = true;
      cancelLook();
      memory.stop();
    },
  };
}
