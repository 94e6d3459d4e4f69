/** The reconcile loop's hands at Twitch: list, create, delete. */
import * as v from "valibot";
import { ChannelId, type UserId } from "../../shared/ids.ts";
import { describeGrant } from "../../shared/twitch/can-carry.ts";
import { isTopic, type Topic, topicRow } from "../../shared/twitch/topics.ts";
import type { Carrier, ListedRow } from "../eventsub/transport.ts";
import type { Room } from "../permits/helix-points.ts";
import type { HelixCaller } from "../twitch/helix-caller.ts";
import type { Seen, Totals, Wanted } from "./subscription.ts";
import { SubscriptionRow, SubscriptionsBody } from "./subscriptions.external.ts";
import { toUnapplied, type Unapplied } from "./to-unapplied.ts";

export type Listed =
  | {
      readonly is: "listed";
      readonly seen: readonly Seen[];
      /** Of every type, also those that no channel wants. */
      readonly rows: readonly ListedRow[];
      readonly totals: Totals;
    }
  | { readonly is: "away"; readonly problem: string };

export type Created = { readonly is: "done"; readonly seen: Seen; readonly totals: Totals } | Unapplied;
export type Deleted = { readonly is: "done" } | Unapplied;

export interface EventSubDesk {
  list(): Promise<Listed>;
  create(want: Wanted, on: Carrier): Promise<Created>;
  delete(twitchId: string): Promise<Deleted>;
  /** What Helix's limit leaves for work that nobody waits for. */
  room(): Room;
}

const PATH = "/eventsub/subscriptions";
/** Of 100 rows each: far more than Twitch allows, so that a cursor that leads nowhere is not followed for ever. */
const PAGES_MAX = 200;

export function makeEventSubDesk(using: {
  /** The identity that the transport in use speaks with. */
  readonly caller: () => HelixCaller;
  readonly botId: () => UserId | undefined;
}): EventSubDesk {
  const { caller } = using;
  return {
    room: () => caller().room("background"),
    async list() {
      const rows: SubscriptionRow[] = [];
      let after: string | undefined;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const answer = await caller().call({ method: "GET", path: PATH, query: after ? { after } : {} });
        const body = answer.is === "answer" ? v.safeParse(SubscriptionsBody, answer.body) : undefined;
        if (!body?.success) return { is: "away", problem: describe(toUnapplied(answer)) };
        rows.push(...body.output.data.flatMap(toRow));
        after = body.output.pagination?.cursor;
        if (after === undefined || body.output.data.length === 0)
          return {
            is: "listed",
            seen: rows.flatMap((row) => toSeen(row, using.botId())),
            rows: rows.map(toListed),
            totals: toTotals(body.output),
          };
      }
      return { is: "away", problem: `the list of subscriptions has no end after ${PAGES_MAX} pages` };
    },
    async create(want, on) {
      const botId = using.botId();
      if (botId === undefined) return { is: "away", problem: "the bot's token is not proved yet" };
      const { version, condition } = topicRow(want.topic);
      const answer = await caller().call({
        method: "POST",
        path: PATH,
        body: {
          type: want.topic,
          version,
          condition: condition(want.channelId, botId),
          transport:
            on.method === "conduit"
              ? { method: "conduit", conduit_id: on.id }
              : { method: "websocket", session_id: on.id },
        },
      });
      if (answer.is !== "answer" || answer.status >= 300) return explain(toUnapplied(answer), want.topic);
      const body = v.safeParse(SubscriptionsBody, answer.body);
      const [seen] = body.success ? body.output.data.flatMap(toRow).flatMap((row) => toSeen(row, botId)) : [];
      if (!body.success || !seen) return { is: "look-again", problem: "create answered in an unknown shape" };
      return { is: "done", seen, totals: toTotals(body.output) };
    },
    async delete(twitchId) {
      const answer = await caller().call({ method: "DELETE", path: PATH, query: { id: twitchId } });
      // Gone already is what was wanted.
      const isGone = answer.is === "answer" && (answer.status < 300 || answer.status === 404);
      return isGone ? { is: "done" } : toUnapplied(answer);
    },
  };
}

/** Twitch says that a permission is missing, and not which. */
const explain = (unapplied: Unapplied, topic: Topic): Unapplied =>
  unapplied.is === "hopeless" && unapplied.code === "needs-grant"
    ? { ...unapplied, problem: `${describeGrant(topic)}: ${unapplied.problem}` }
    : unapplied;

const describe = (unapplied: Unapplied): string =>
  "problem" in unapplied ? unapplied.problem : "429, the points are spent";

const toTotals = (body: v.InferOutput<typeof SubscriptionsBody>): Totals => ({
  total: body.total,
  totalCost: body.total_cost,
  maxTotalCost: body.max_total_cost,
});

function toRow(raw: unknown): SubscriptionRow[] {
  const parsed = v.safeParse(SubscriptionRow, raw);
  return parsed.success ? [parsed.output] : [];
}

const carrierOf = ({ transport }: SubscriptionRow): string =>
  transport.session_id ?? transport.conduit_id ?? transport.method;

const toListed = (row: SubscriptionRow): ListedRow => ({
  type: row.type,
  carrierId: carrierOf(row),
  isEnabled: row.status === "enabled",
});

/** Rows of types we do not know, and of webhooks, belong to nobody here and are left alone. */
function toSeen(row: SubscriptionRow, botId: UserId | undefined): Seen[] {
  if (!isTopic(row.type) || row.transport.method === "webhook") return [];
  const channelId = v.safeParse(ChannelId, row.condition[topicRow(row.type).channelField]);
  if (!channelId.success) return [];
  const problem = findDifference(row, row.type, channelId.output, botId);
  return [
    {
      twitchId: row.id,
      carrierId: carrierOf(row),
      topic: row.type,
      channelId: channelId.output,
      status: problem === undefined ? toStatus(row.status) : "failed",
      said: problem ?? row.status,
      cost: row.cost,
    },
  ];
}

const toStatus = (said: string): Seen["status"] =>
  said === "enabled" ? "enabled" : said.endsWith("pending") ? "pending" : "failed";

/** A conduit keeps its subscriptions over updates of KissBot and changes of the bot: what is there may be outdated. */
function findDifference(
  row: SubscriptionRow,
  topic: Topic,
  channelId: ChannelId,
  botId: UserId | undefined,
): string | undefined {
  const { version, condition } = topicRow(topic);
  if (row.version !== version) return `outdated: version ${row.version} instead of ${version}`;
  if (botId === undefined) return undefined;
  const isOther = Object.entries(condition(channelId, botId)).some(
    ([field, id]) => row.condition[field] !== id,
  );
  return isOther ? "outdated: made for another bot" : undefined;
}
