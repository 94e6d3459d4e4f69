/** Conduits at Twitch, by the application's token: each answer sorted by what to do next. */
import * as v from "valibot";
import type { HelixAnswer, HelixCaller, HelixRequest } from "../twitch/helix-caller.ts";
import { ConduitsBody, SHARD_DISABLED, ShardsBody, ShardUpdateBody } from "./conduits.external.ts";

export interface Conduit {
  readonly id: string;
  readonly shardCount: number;
}
export interface Shard {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly sessionId: string | undefined;
}

/** What can go wrong with any of these calls. */
export type Trouble =
  /** Try again later. */
  | { readonly is: "away"; readonly problem: string }
  /** There is no such conduit, any more. */
  | { readonly is: "gone"; readonly problem: string }
  /** The application has as many conduits as Twitch allows. */
  | { readonly is: "full"; readonly problem: string }
  /** Twitch says that the client id or its secret is wrong: somebody must change it. */
  | { readonly is: "wrong-client"; readonly problem: string }
  /** As a rule it will be refused again until somebody changes something; it may be Twitch's own passing fault. */
  | { readonly is: "refused"; readonly problem: string };

export type Got<T> = { readonly is: "done"; readonly value: T } | Trouble;

export interface ConduitDesk {
  list(): Promise<Got<readonly Conduit[]>>;
  create(shardCount: number): Promise<Got<Conduit>>;
  resize(conduitId: string, shardCount: number): Promise<Got<undefined>>;
  shards(conduitId: string): Promise<Got<readonly Shard[]>>;
  /** From now on this session delivers what belongs to the shard. */
  bind(conduitId: string, shardId: string, sessionId: string): Promise<Got<undefined>>;
  /** Subscribes to being told when a shard of this conduit falls. */
  watch(conduitId: string): Promise<Got<undefined>>;
}

const CONDUITS = "/eventsub/conduits";
const SHARDS = "/eventsub/conduits/shards";
/** id.twitch.tv's own words, and ours for a secret that is not there. */
const WRONG_CLIENT = /invalid client|no client secret/i;

export function makeConduitDesk(using: {
  readonly caller: HelixCaller;
  readonly clientId: string;
}): ConduitDesk {
  const { caller } = using;
  const ask = async <T>(asked: HelixRequest, read: (body: unknown) => T | undefined): Promise<Got<T>> => {
    const answer = await caller.call(asked);
    if (answer.is !== "answer" || answer.status >= 300) return toTrouble(answer);
    const value = read(answer.body);
    if (value === undefined) return { is: "away", problem: `${asked.path} answered in an unknown shape` };
    return { is: "done", value };
  };
  const askOnly = async (asked: HelixRequest): Promise<Got<undefined>> => {
    const got = await ask(asked, () => true);
    return got.is === "done" ? { is: "done", value: undefined } : got;
  };

  return {
    list: () => ask({ method: "GET", path: CONDUITS }, readConduits),
    async create(shardCount) {
      const made = await ask(
        { method: "POST", path: CONDUITS, body: { shard_count: shardCount } },
        (body) => readConduits(body)?.[0],
      );
      return made;
    },
    resize: (id, shardCount) =>
      askOnly({ method: "PATCH", path: CONDUITS, body: { id, shard_count: shardCount } }),
    async shards(conduitId) {
      const all: Shard[] = [];
      let after: string | undefined;
      do {
        const query = { conduit_id: conduitId, ...(after !== undefined && { after }) };
        const page = await ask({ method: "GET", path: SHARDS, query }, readShards);
        if (page.is !== "done") return page;
        all.push(...page.value.shards);
        after = page.value.cursor;
      } while (after !== undefined);
      return { is: "done", value: all };
    },
    async bind(conduitId, shardId, sessionId) {
      const shards = [{ id: shardId, transport: { method: "websocket", session_id: sessionId } }];
      const got = await ask(
        { method: "PATCH", path: SHARDS, body: { conduit_id: conduitId, shards } },
        (body) => (v.is(ShardUpdateBody, body) ? body : undefined),
      );
      if (got.is !== "done") return got;
      // Accepted as a whole, and refused shard by shard.
      const problem = got.value.errors?.find(({ id }) => id === shardId)?.message;
      return problem === undefined ? { is: "done", value: undefined } : { is: "refused", problem };
    },
    async watch(conduitId) {
      const got = await caller.call({
        method: "POST",
        path: "/eventsub/subscriptions",
        body: {
          type: SHARD_DISABLED,
          version: "1",
          condition: { client_id: using.clientId, conduit_id: conduitId },
          transport: { method: "conduit", conduit_id: conduitId },
        },
      });
      const isThere = got.is === "answer" && (got.status < 300 || got.status === 409);
      return isThere ? { is: "done", value: undefined } : toTrouble(got);
    },
  };
}

/** Pure. */
export function toTrouble(answer: HelixAnswer): Trouble {
  switch (answer.is) {
    case "away":
      return answer;
    case "paced":
      return { is: "away", problem: "429, the points are spent" };
    case "unauthorised":
      return { is: WRONG_CLIENT.test(answer.problem) ? "wrong-client" : "refused", problem: answer.problem };
    case "answer": {
      const problem = `${answer.status} ${answer.message}`.trim();
      if (answer.status === 404) return { is: "gone", problem };
      if (answer.status === 429) return { is: "full", problem };
      return { is: "refused", problem };
    }
  }
}

function readConduits(body: unknown): readonly Conduit[] | undefined {
  const parsed = v.safeParse(ConduitsBody, body);
  return parsed.success
    ? parsed.output.data.map((one) => ({ id: one.id, shardCount: one.shard_count }))
    : undefined;
}

function readShards(body: unknown) {
  const parsed = v.safeParse(ShardsBody, body);
  if (!parsed.success) return undefined;
  const { data, pagination } = parsed.output;
  return {
    shards: data.map(
      ({ id, status, transport }): Shard => ({
        id,
        isEnabled: status === "enabled",
        sessionId: transport.session_id,
      }),
    ),
    // An empty page with a cursor would be asked for again for ever.
    cursor: data.length > 0 ? pagination?.cursor : undefined,
  };
}
