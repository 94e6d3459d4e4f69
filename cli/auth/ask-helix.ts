/** The few questions the command line itself puts to Helix: who somebody is, and where the bot moderates. */
import * as v from "valibot";
import type { Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import { Login } from "../../shared/ids.ts";

export type HelixSaid<T> =
  | { readonly is: "said"; readonly value: T; readonly date: string | undefined }
  | { readonly is: "refused" | "away"; readonly problem: string };

export interface HelixReader {
  /** Channels in which this user is a moderator. */
  moderatedChannels(userId: string): Promise<HelixSaid<readonly Login[]>>;
  /** As `hub_ctl subscriptions`, when there is no hub to ask. */
  subscriptionTotals(): Promise<
    HelixSaid<{ readonly total: number; readonly cost: number; readonly costMax: number }>
  >;
}

const ANSWER_WITHIN_MS: Millis = 8_000;
const PAGE = "100";
/** 2,000 channels: nobody moderates more that are served here. */
const PAGES_MAX = 20;
const WORDS_MAX = 200;

const Moderated = v.object({
  data: v.array(v.object({ broadcaster_login: Login })),
  pagination: v.optional(v.object({ cursor: v.optional(v.string()) })),
});
const Subscriptions = v.object({ total: v.number(), total_cost: v.number(), max_total_cost: v.number() });
const ErrorBody = v.object({ message: v.string() });

export function makeHelixReader(using: {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly accessToken: string;
}): HelixReader {
  const get = async <T>(
    path: string,
    query: Readonly<Record<string, string>>,
    shape: v.GenericSchema<unknown, T>,
  ): Promise<HelixSaid<T>> => {
    try {
      const response = await fetch(`${using.baseUrl}${path}?${new URLSearchParams(query)}`, {
        headers: { authorization: `Bearer ${using.accessToken}`, "client-id": using.clientId },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const body: unknown = await response.json().catch(() => undefined);
      return toSaid(response.status, body, shape, response.headers.get("date") ?? undefined);
    } catch (problem) {
      return { is: "away", problem: toError(problem).message };
    }
  };
  return {
    async moderatedChannels(userId) {
      const logins: Login[] = [];
      let after = "";
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = { user_id: userId, first: PAGE, ...(after === "" ? {} : { after }) };
        const said = await get("/moderation/channels", query, Moderated);
        if (said.is !== "said") return said;
        logins.push(...said.value.data.map((row) => row.broadcaster_login));
        after = said.value.pagination?.cursor ?? "";
        if (after === "") return { is: "said", value: logins, date: said.date };
      }
      return { is: "said", value: logins, date: undefined };
    },
    async subscriptionTotals() {
      const said = await get("/eventsub/subscriptions", {}, Subscriptions);
      if (said.is !== "said") return said;
      const { total, total_cost: cost, max_total_cost: costMax } = said.value;
      return { ...said, value: { total, cost, costMax } };
    },
  };
}

/** Pure. */
export function toSaid<T>(
  status: number,
  body: unknown,
  shape: v.GenericSchema<unknown, T>,
  date: string | undefined,
): HelixSaid<T> {
  const words = v.is(ErrorBody, body) ? ` ${body.message.slice(0, WORDS_MAX)}` : "";
  if (status !== 200)
    return {
      is: status >= 400 && status < 500 && status !== 429 ? "refused" : "away",
      problem: `${status}${words}`,
    };
  const parsed = v.safeParse(shape, body);
  return parsed.success
    ? { is: "said", value: parsed.output, date }
    : { is: "away", problem: "Helix answered in an unknown shape" };
}
