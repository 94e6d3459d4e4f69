/** What a worker asks the hub of the crowd's knowledge, and what it is answered. */
import * as v from "valibot";
import { Candidate, DOMAINS } from "../crowd/candidate.ts";
import { CROWD_QUERY_MAX } from "../crowd/crowd-key.ts";
import { STATES_MAX } from "../crowd/superposition.ts";
import { Login, UserId } from "../ids.ts";

const Query = v.pipe(v.string(), v.minLength(1), v.maxLength(CROWD_QUERY_MAX));
const OfDomain = v.picklist(DOMAINS);
const Person = v.object({ id: UserId, login: Login });
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Names in one `!decoherence`. */
export const DECOHERE_MAX = 10;

export const CrowdWish = v.variant("do", [
  /** What may be meant by this? Searched for when nobody asked lately. */
  v.object({ do: v.literal("observe"), domain: OfDomain, query: Query, by: Person }),
  v.object({
    do: v.literal("collapse"),
    /** Left out: whichever knows the query, games first. */
    domain: v.optional(OfDomain),
    query: Query,
    /** 1 is the first of the list. */
    position: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(STATES_MAX)),
    /** What stood there when the list was shown in this channel; left out when it was not. */
    stateId: v.optional(Count),
    by: Person,
  }),
  v.object({ do: v.literal("undo-collapse"), domain: v.optional(OfDomain), query: Query, by: Person }),
  v.object({ do: v.literal("count") }),
  /** Without names: everything that nobody has confirmed. */
  v.object({
    do: v.literal("decohere"),
    queries: v.pipe(v.array(Query), v.maxLength(DECOHERE_MAX)),
    by: Person,
  }),
]);
export type CrowdWish = v.InferOutput<typeof CrowdWish>;

export const CrowdState = v.object({
  id: Count,
  candidate: Candidate,
  confidence: v.number(),
  confirmations: Count,
});
export type CrowdState = v.InferOutput<typeof CrowdState>;
const DomainCount = v.object({ superpositions: Count, states: Count, verified: Count });

export const CrowdReply = v.variant("is", [
  v.object({
    is: v.literal("superposition"),
    domain: OfDomain,
    states: v.pipe(v.array(CrowdState), v.maxLength(STATES_MAX)),
  }),
  v.object({ is: v.literal("collapsed"), domain: OfDomain, state: CrowdState }),
  v.object({ is: v.literal("confirmed"), domain: OfDomain, state: CrowdState, needed: Count }),
  /** It means something else already: that has to be undone first. */
  v.object({ is: v.literal("collapsed-otherwise"), domain: OfDomain, state: CrowdState }),
  v.object({ is: v.literal("undone"), domain: OfDomain, state: CrowdState }),
  /** Nobody has asked for it, or it has evaporated. */
  v.object({ is: v.literal("unknown") }),
  v.object({ is: v.literal("no-such-state"), count: Count }),
  /** The source knows nothing by this name. */
  v.object({ is: v.literal("nothing-found") }),
  /** `busy`: too many ask at once; `away`: it does not answer; `off`: nobody may ask it. */
  v.object({ is: v.literal("source-away"), because: v.picklist(["busy", "away", "off"]) }),
  v.object({ is: v.literal("counts"), game: DomainCount, music: DomainCount }),
  v.object({
    is: v.literal("decohered"),
    game: Count,
    music: Count,
    /** Of the names that were given, those that named something. */
    queries: v.array(Query),
  }),
]);
export type CrowdReply = v.InferOutput<typeof CrowdReply>;

export const CrowdQuestion = v.object({ about: v.literal("crowd"), wish: CrowdWish });
export const CrowdAnswer = v.object({ about: v.literal("crowd"), reply: CrowdReply });
