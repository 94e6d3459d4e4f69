/** The external ranker: whether it answers where it is looked for, when it is to be asked. */
import type { Millis } from "../../../shared/clock.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findRoom } from "../look-once.ts";

const ANSWER_WITHIN_MS: Millis = 3_000;
const ANSWER_BYTES_MAX = 64_000;

export default defineCheck({
  name: "ranker",
  async run(desk) {
    const room = await findRoom(desk);
    if (!room) return [{ level: "ok", says: "not looked at without a configuration" }];
    const { enabled, url } = room.config.ranker;
    if (!enabled) return [{ level: "ok", says: "none is asked (ranker.enabled)" }];
    return [judgeRanker(await ask(`${url.replace(/\/+$/, "")}/v1/rank`))];
  },
});

/** Undefined: no answer. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Pure. */
export function judgeRanker(answer: Answer | undefined): Finding {
  const fix =
    "start one (./kissbot.sh drakon start), or set ranker.url or ranker.enabled: false; games are found without it, too";
  if (!answer) return { level: "warn", says: "nothing answers at ranker.url", fix };
  if (answer.status !== 200) return { level: "warn", says: `ranker.url answers ${answer.status}`, fix };
  const isRanking = /"(results|ranked)"\s*:/.test(answer.text);
  return isRanking
    ? { level: "ok", says: "it answers" }
    : { level: "warn", says: "what answers at ranker.url is no ranker", fix };
}

async function ask(url: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "doom", candidates: ["Doom", "Doom II"] }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return { status: response.status, text: (await response.text()).slice(0, ANSWER_BYTES_MAX) };
  } catch {
    return undefined;
  }
}
