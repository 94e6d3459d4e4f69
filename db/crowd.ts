import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { Candidate, type Domain } from "../shared/crowd/candidate.ts";
import { entangle, isEntangled, lower } from "../shared/crowd/confidence.ts";
import {
  COHERENT_FOR_MS,
  type Observation,
  planConfirmation,
  type State,
} from "../shared/crowd/superposition.ts";
import type { ChannelId, UserId } from "../shared/ids.ts";
import type { Db } from "./open.ts";

/** Whose knowledge, of which domain, by which name. */
export interface CrowdName {
  readonly scope: string;
  readonly domain: Domain;
  readonly key: string;
}

export interface CrowdCount {
  readonly superpositions: number;
  readonly states: number;
  readonly verified: number;
}

export interface Confirmed {
  readonly state: State;
  /** It means this from now on, and did not before. */
  readonly hasCollapsed: boolean;
}

/** `told`: runs inside the transaction, with what came of it; what it throws undoes everything. */
type Told<T> = (came: T) => void;

/** What queries mean, as people have said. Written by the hub only. */
export interface CrowdBook {
  /** What has evaporated is not shown, whether it was cleared away or not. */
  find(name: CrowdName, now: Millis): readonly State[];
  observe(name: CrowdName, observation: Observation, by: UserId, now: Millis): void;
  /** Undefined: that state is not there any more. */
  confirm(
    using: {
      readonly name: CrowdName;
      readonly stateId: number;
      readonly by: UserId;
      /** Where they said so. */
      readonly channelId: ChannelId;
      readonly needed: number;
      readonly now: Millis;
    },
    told: Told<Confirmed>,
  ): Confirmed | undefined;
  /** Everything that was confirmed of this name is taken back. Undefined: there was nothing. */
  undo(name: CrowdName, now: Millis, told: Told<State>): State | undefined;
  /** What nobody has confirmed, of one name or of the whole domain; answers with how many. */
  evaporate(of: { readonly scope: string; readonly domain: Domain; readonly key?: string }): number;
  /** What is over by its age, everywhere. */
  clear(now: Millis): number;
  count(scope: string, domain: Domain, now: Millis): CrowdCount;
}

const Row = v.object({
  id: v.number(),
  candidate: v.pipe(v.string(), v.parseJson(), Candidate),
  confidence: v.number(),
  confirmations: v.number(),
  is_collapsed: v.number(),
  seen_at: v.number(),
});

const STATE = `s.id, s.candidate, s.confidence, s.seen_at,
  (SELECT count(*) FROM crowd_confirmations c WHERE c.state_id = s.id) AS confirmations,
  EXISTS (SELECT 1 FROM crowd_collapses k WHERE k.state_id = s.id) AS is_collapsed`;
const UNVERIFIED = `NOT EXISTS (SELECT 1 FROM crowd_confirmations c WHERE c.state_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM crowd_collapses k WHERE k.state_id = s.id)`;
/** As many as a confirmation looks at: the ones that were asked for last. */
const ENTANGLED_LOOKED_AT = 200;

export function makeCrowdBook(db: Db): CrowdBook {
  const selectName = db.prepare(
    `SELECT ${STATE} FROM crowd_states s WHERE s.scope = @scope AND s.domain = @domain AND s.key = @key`,
  );
  const selectOthers = db.prepare(
    `SELECT ${STATE} FROM crowd_states s
     WHERE s.scope = @scope AND s.domain = @domain AND s.key <> @key AND s.seen_at > @since AND ${UNVERIFIED}
     ORDER BY s.seen_at DESC, s.id DESC LIMIT ${ENTANGLED_LOOKED_AT}`,
  );
  const insert = db.prepare(
    `INSERT INTO crowd_states (scope, domain, key, identity, candidate, confidence, created_by, created_at, seen_at)
     VALUES (@scope, @domain, @key, @identity, @candidate, @confidence, @by, @now, @now)`,
  );
  const renew = db.prepare("UPDATE crowd_states SET candidate = ?, confidence = ?, seen_at = ? WHERE id = ?");
  const remove = db.prepare("DELETE FROM crowd_states WHERE id = ?");
  const setConfidence = db.prepare("UPDATE crowd_states SET confidence = ? WHERE id = ?");
  const insertConfirmation = db.prepare(
    "INSERT INTO crowd_confirmations (state_id, user_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const removeConfirmations = db.prepare("DELETE FROM crowd_confirmations WHERE state_id = ?");
  const insertCollapse = db.prepare(
    `INSERT INTO crowd_collapses (scope, domain, key, state_id, at, channel_id)
     VALUES (@scope, @domain, @key, @stateId, @now, @channelId)
     ON CONFLICT DO NOTHING`,
  );
  const removeCollapse = db.prepare("DELETE FROM crowd_collapses WHERE state_id = ?");
  const insertLift = db.prepare(
    `INSERT INTO crowd_lifts (cause_id, state_id, lifted) VALUES (?, ?, ?)
     ON CONFLICT (cause_id, state_id) DO UPDATE SET lifted = lifted + excluded.lifted`,
  );
  const selectLifts = db.prepare("SELECT state_id, lifted FROM crowd_lifts WHERE cause_id = ?");
  const removeLifts = db.prepare("DELETE FROM crowd_lifts WHERE cause_id = ?");
  const selectConfidence = db.prepare("SELECT confidence FROM crowd_states WHERE id = ?").pluck();
  const removeUnverified = db.prepare(
    `DELETE FROM crowd_states AS s
     WHERE s.scope = @scope AND s.domain = @domain AND (@key IS NULL OR s.key = @key) AND ${UNVERIFIED}`,
  );
  const removeOld = db.prepare(`DELETE FROM crowd_states AS s WHERE s.seen_at <= ? AND ${UNVERIFIED}`);
  const counts = db.prepare(
    `SELECT count(DISTINCT key) AS superpositions, count(*) AS states, coalesce(sum(is_verified), 0) AS verified
     FROM (SELECT s.key, NOT (${UNVERIFIED}) AS is_verified, s.seen_at FROM crowd_states s
           WHERE s.scope = @scope AND s.domain = @domain)
     WHERE is_verified OR seen_at > @since`,
  );

  const all = (name: CrowdName) => selectName.all({ ...name }).map(toState);
  const lift = (causeId: number, state: Pick<State, "id" | "confidence">, to: number) => {
    if (to <= state.confidence) return;
    setConfidence.run(to, state.id);
    insertLift.run(causeId, state.id, to - state.confidence);
  };

  const observe = db.transaction(
    (name: CrowdName, { renewed, added, dropped }: Observation, by: UserId, now: Millis) => {
      for (const id of dropped) remove.run(id);
      for (const { id, candidate, confidence } of renewed)
        renew.run(JSON.stringify(candidate), confidence, Math.round(now), id);
      for (const { candidate, confidence } of added)
        insert.run({
          ...name,
          identity: candidate.identity,
          candidate: JSON.stringify(candidate),
          confidence,
          by,
          now: Math.round(now),
        });
    },
  );

  const confirm = db.transaction(
    (using: Parameters<CrowdBook["confirm"]>[0], told: Told<Confirmed>): Confirmed | undefined => {
      const { name, stateId, by, channelId, needed, now } = using;
      const before = all(name).find(({ id }) => id === stateId);
      if (!before) return undefined;
      const isNew = insertConfirmation.run(stateId, by, Math.round(now)).changes === 1;
      const planned = planConfirmation(before, before.confirmations + (isNew ? 1 : 0), needed, isNew);
      lift(stateId, before, planned.confidence);
      if (planned.isCollapsed) insertCollapse.run({ ...name, stateId, channelId, now: Math.round(now) });
      const hasCollapsed = planned.isCollapsed && !before.isCollapsed;
      if (hasCollapsed) {
        const others = selectOthers.all({ ...name, since: Math.round(now - COHERENT_FOR_MS) }).map(toState);
        for (const other of others)
          if (isEntangled(before.candidate, other.candidate))
            lift(stateId, other, entangle(other.confidence));
      }
      const state = all(name).find(({ id }) => id === stateId);
      if (!state) return undefined;
      const came = { state, hasCollapsed };
      told(came);
      return came;
    },
  );

  const undo = db.transaction((name: CrowdName, now: Millis, told: Told<State>): State | undefined => {
    const confirmed = all(name).filter(({ isCollapsed, confirmations }) => isCollapsed || confirmations > 0);
    const state = confirmed.find(({ isCollapsed }) => isCollapsed) ?? confirmed[0];
    if (!state) return undefined;
    for (const { id, candidate } of confirmed) {
      removeCollapse.run(id);
      removeConfirmations.run(id);
      for (const { state_id: liftedId, lifted } of v.parse(Lifts, selectLifts.all(id)))
        setConfidence.run(lower(v.parse(v.number(), selectConfidence.get(liftedId)), lifted), liftedId);
      removeLifts.run(id);
      const confidence = v.parse(v.number(), selectConfidence.get(id));
      // Two days from now on, not from when it was found: whoever undid it may choose anew.
      renew.run(JSON.stringify(candidate), confidence, Math.round(now), id);
    }
    told(state);
    return state;
  });

  return {
    find: (name, now) =>
      all(name).filter(
        (state) => state.isCollapsed || state.confirmations > 0 || now - state.seenAt < COHERENT_FOR_MS,
      ),
    observe: (name, observation, by, now) => observe.immediate(name, observation, by, now),
    confirm: (using, told) => confirm.immediate(using, told),
    undo: (name, now, told) => undo.immediate(name, now, told),
    evaporate: ({ scope, domain, key }) => removeUnverified.run({ scope, domain, key: key ?? null }).changes,
    clear: (now) => removeOld.run(Math.round(now - COHERENT_FOR_MS)).changes,
    count: (scope, domain, now) =>
      v.parse(Count, counts.get({ scope, domain, since: Math.round(now - COHERENT_FOR_MS) })),
  };
}

const Lifts = v.array(v.object({ state_id: v.number(), lifted: v.number() }));
const Count = v.object({ superpositions: v.number(), states: v.number(), verified: v.number() });

function toState(raw: unknown): State {
  const row = v.parse(Row, raw);
  return {
    id: row.id,
    candidate: row.candidate,
    confidence: row.confidence,
    confirmations: row.confirmations,
    isCollapsed: row.is_collapsed === 1,
    seenAt: row.seen_at,
  };
}
