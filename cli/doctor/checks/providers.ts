/** The services that know games: which are on, and whether each takes our key. Steam asks for none. */
import * as v from "valibot";
import type { Millis } from "../../../shared/clock.ts";
import { toGamePapers } from "../../../shared/config/to-game-papers.ts";
import type { GamePapers } from "../../../shared/games/game-services.ts";
import { defineCheck, type Finding } from "../check.ts";
import { findRoom } from "../look-once.ts";

const ANSWER_WITHIN_MS: Millis = 8_000;

export default defineCheck({
  name: "providers",
  async run(desk) {
    const room = await findRoom(desk);
    if (!room) return [{ level: "ok", says: "not looked at without a configuration" }];
    const papers = toGamePapers(room.config);
    const { steam, rawg, igdb } = papers;
    const [ofSteam, ofRawg, ofIgdb] = await Promise.all([
      steam && ask(`${steam.url}/api/storesearch/?term=portal&l=english&cc=${steam.country}`),
      rawg && ask(`${rawg.url}/games?page_size=1&key=${encodeURIComponent(rawg.key)}`),
      igdb && askIgdb(igdb),
    ]);
    return [
      judgeProvider("Steam", ofSteam, OFF.steam),
      judgeProvider("RAWG", ofRawg, OFF.rawg),
      judgeProvider("IGDB", ofIgdb, room.config.games.igdb.enabled ? OFF.igdb : OFF.igdbByWish),
      ...(ofSteam || ofRawg || ofIgdb ? [] : [NONE]),
    ];
  },
});

/** What came of a question; never the question itself, which may hold a key. */
export type Asked =
  | { readonly is: "answered"; readonly status: number; readonly isJson: boolean }
  | { readonly is: "silent"; readonly problem: string };

interface Off {
  readonly says: string;
  readonly fix?: string;
}

const OFF = {
  steam: { says: "switched off (games.steam.enabled)" },
  rawg: {
    says: "off, because there is no games.rawg.key",
    fix: "a free key is at https://rawg.io/apidocs; without it players' ratings are missing",
  },
  igdb: {
    says: "off, because there is no twitch.client_secret",
    fix: "give twitch.client_secret, or games.igdb.client_id and client_secret; without it !gc knows games by name only",
  },
  igdbByWish: { says: "switched off (games.igdb.enabled)" },
} as const satisfies Record<string, Off>;

const NONE: Finding = {
  level: "warn",
  says: "no service is on: !gi, !gs and !gc answer from what was learnt before",
  fix: "switch on games.steam, which takes no key",
};

/** Pure. `asked` undefined: it is off. */
export function judgeProvider(name: string, asked: Asked | undefined, off: Off): Finding {
  if (!asked)
    return off.fix === undefined
      ? { level: "ok", says: `${name}: ${off.says}` }
      : { level: "warn", says: `${name}: ${off.says}`, fix: off.fix };
  if (asked.is === "silent")
    return {
      level: "warn",
      says: `${name}: does not answer (${asked.problem})`,
      fix: "nothing to do when this machine is offline; games are told from the cache meanwhile",
    };
  const { status, isJson } = asked;
  if (status === 400 || status === 401 || status === 403)
    return {
      level: "warn",
      says: `${name}: does not take our key (${status})`,
      fix: "look at the key in config/config.yaml; RAWG refuses it, too, when the month's calls are used up",
    };
  if (status !== 200 || !isJson)
    return {
      level: "warn",
      says: `${name}: answers ${status}, which is of no use`,
      fix: "run doctor again later",
    };
  return { level: "ok", says: `${name}: answers` };
}

async function ask(url: string, init: RequestInit = {}): Promise<Asked & { readonly body?: unknown }> {
  try {
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: "manual",
    });
    const body: unknown = await response.json().catch(() => undefined);
    return {
      is: "answered",
      status: response.status,
      isJson: typeof body === "object" && body !== null,
      body,
    };
  } catch (problem) {
    const isLate = problem instanceof Error && problem.name === "TimeoutError";
    // Its own message may quote the address.
    return { is: "silent", problem: isLate ? `not within ${ANSWER_WITHIN_MS / 1_000} s` : "no connection" };
  }
}

const TokenBody = v.object({ access_token: v.string() });

/** A token first, then one game with it. */
async function askIgdb(igdb: NonNullable<GamePapers["igdb"]>): Promise<Asked> {
  const form = new URLSearchParams({
    client_id: igdb.clientId,
    client_secret: igdb.clientSecret,
    grant_type: "client_credentials",
  });
  const granted = await ask(`${igdb.idUrl}/token`, { method: "POST", body: form });
  if (granted.is !== "answered" || granted.status !== 200) return granted;
  const token = v.safeParse(TokenBody, granted.body);
  if (!token.success) return { is: "answered", status: granted.status, isJson: false };
  return ask(`${igdb.url}/games`, {
    method: "POST",
    headers: { "client-id": igdb.clientId, authorization: `Bearer ${token.output.access_token}` },
    body: "fields name; limit 1;",
  });
}
