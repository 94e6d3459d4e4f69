/**
 * What workers ask of the crowd's knowledge. The hub answers because what a query means is one row that several
 * channels may change at once. Promises: of equal questions that come together the source hears one; whatever a
 * moderator settles or takes back stands in the audit log, or did not happen.
 */
import type { AuditLog } from "../../db/audit-log.ts";
import type { CrowdBook, CrowdName } from "../../db/crowd.ts";
import type { Clock } from "../../shared/clock.ts";
import { DOMAINS, type Domain } from "../../shared/crowd/candidate.ts";
import { toCrowdKey } from "../../shared/crowd/crowd-key.ts";
import { type CrowdPapers, toScopeName } from "../../shared/crowd/crowd-papers.ts";
import { inOrder, isFresh, planObservation, type State } from "../../shared/crowd/superposition.ts";
import type { ChannelId, Login } from "../../shared/ids.ts";
import type { CrowdReply, CrowdState, CrowdWish } from "../../shared/ipc/crowd-words.ts";
import type { DomainSource, Searched } from "./domain-source.ts";

export interface Asker {
  readonly channelId: ChannelId;
  readonly channel: Login | undefined;
}

export type CrowdDesk = (wish: CrowdWish, asker: Asker) => Promise<CrowdReply>;

type WishTo<Do extends CrowdWish["do"]> = Extract<CrowdWish, { do: Do }>;

export function makeCrowdDesk(using: {
  readonly book: CrowdBook;
  readonly audit: Pick<AuditLog, "write">;
  readonly sources: Readonly<Record<Domain, DomainSource>>;
  readonly papers: Pick<CrowdPapers, "scope" | "confirmations">;
  readonly clock: Clock;
}): CrowdDesk {
  const { book, audit, sources, papers, clock } = using;
  const searching = new Map<string, Promise<Searched>>();

  const search = (domain: Domain, key: string, query: string): Promise<Searched> => {
    const flight = `${domain} ${key}`;
    const under = searching.get(flight);
    if (under) return under;
    const asked = sources[domain].search(query).finally(() => searching.delete(flight));
    searching.set(flight, asked);
    return asked;
  };
  const nameOf = (domain: Domain, query: string, { channelId }: Asker): CrowdName => ({
    scope: toScopeName(papers.scope, channelId),
    domain,
    key: toCrowdKey(query),
  });
  /** The domain that was named, or the first that knows the query. */
  const findName = (wish: { readonly domain?: Domain | undefined; readonly query: string }, asker: Asker) => {
    const domains = wish.domain === undefined ? DOMAINS : [wish.domain];
    return domains
      .map((domain) => nameOf(domain, wish.query, asker))
      .map((name) => ({ name, states: book.find(name, clock.wall()) }))
      .find(({ states }) => states.length > 0);
  };

  const show = (domain: Domain, states: readonly State[]): CrowdReply => {
    const collapsed = states.find(({ isCollapsed }) => isCollapsed);
    if (collapsed) return { is: "collapsed", domain, state: toWords(collapsed) };
    return { is: "superposition", domain, states: inOrder(states).map(toWords) };
  };

  const observe = async ({ domain, query, by }: WishTo<"observe">, asker: Asker): Promise<CrowdReply> => {
    const name = nameOf(domain, query, asker);
    const known = book.find(name, clock.wall());
    if (known.some(({ isCollapsed }) => isCollapsed) || isFresh(known, clock.wall()))
      return show(domain, known);
    const searched = await search(domain, name.key, query);
    const before = book.find(name, clock.wall());
    if (searched.is === "away") {
      // What was known yesterday is better than nothing.
      return before.length > 0 ? show(domain, before) : { is: "source-away", because: searched.because };
    }
    if (searched.candidates.length === 0 && before.length === 0) return { is: "nothing-found" };
    const now = clock.wall();
    book.observe(name, planObservation(name.key, before, searched.candidates, now), by.id, now);
    return show(domain, book.find(name, now));
  };

  const collapse = (wish: WishTo<"collapse">, asker: Asker): CrowdReply => {
    const found = findName(wish, asker);
    if (!found) return { is: "unknown" };
    const { name, states } = found;
    const { domain } = name;
    const shown = inOrder(states);
    const wanted =
      wish.stateId === undefined ? shown[wish.position - 1] : states.find(({ id }) => id === wish.stateId);
    if (!wanted) return { is: "no-such-state", count: shown.length };
    const collapsed = states.find(({ isCollapsed }) => isCollapsed);
    if (collapsed && collapsed.id !== wanted.id)
      return { is: "collapsed-otherwise", domain, state: toWords(collapsed) };
    const { id: stateId } = wanted;
    const confirmed = book.confirm(
      {
        name,
        stateId,
        by: wish.by.id,
        channelId: asker.channelId,
        needed: papers.confirmations,
        now: clock.wall(),
      },
      ({ state, hasCollapsed }) => {
        if (hasCollapsed) audit.write("crowd-collapsed", toAudit(name, state), toSubject(wish, asker));
      },
    );
    if (!confirmed) return { is: "no-such-state", count: shown.length };
    const state = toWords(confirmed.state);
    return confirmed.state.isCollapsed
      ? { is: "collapsed", domain, state }
      : { is: "confirmed", domain, state, needed: papers.confirmations };
  };

  const undo = (wish: WishTo<"undo-collapse">, asker: Asker): CrowdReply => {
    const domains = wish.domain === undefined ? DOMAINS : [wish.domain];
    for (const domain of domains) {
      const name = nameOf(domain, wish.query, asker);
      const undone = book.undo(name, clock.wall(), (state) =>
        audit.write("crowd-undone", toAudit(name, state), toSubject(wish, asker)),
      );
      if (undone) return { is: "undone", domain, state: toWords(undone) };
    }
    return { is: "unknown" };
  };

  const decohere = ({ queries }: WishTo<"decohere">, { channelId }: Asker): CrowdReply => {
    const scope = toScopeName(papers.scope, channelId);
    if (queries.length === 0) {
      const evaporate = (domain: Domain) => book.evaporate({ scope, domain });
      return { is: "decohered", game: evaporate("game"), music: evaporate("music"), queries: [] };
    }
    const gone = queries.map((query) => {
      const evaporate = (domain: Domain) => book.evaporate({ scope, domain, key: toCrowdKey(query) });
      return { query, game: evaporate("game"), music: evaporate("music") };
    });
    const sum = (domain: Domain) => gone.reduce((all, one) => all + one[domain], 0);
    return {
      is: "decohered",
      game: sum("game"),
      music: sum("music"),
      queries: gone.filter(({ game, music }) => game + music > 0).map(({ query }) => query),
    };
  };

  const count = ({ channelId }: Asker): CrowdReply => {
    const scope = toScopeName(papers.scope, channelId);
    const of = (domain: Domain) => book.count(scope, domain, clock.wall());
    return { is: "counts", game: of("game"), music: of("music") };
  };

  return async (wish, asker) => {
    switch (wish.do) {
      case "observe":
        return observe(wish, asker);
      case "collapse":
        return collapse(wish, asker);
      case "undo-collapse":
        return undo(wish, asker);
      case "decohere":
        return decohere(wish, asker);
      case "count":
        return count(asker);
    }
  };
}

const toWords = ({ id, candidate, confidence, confirmations }: State): CrowdState => ({
  id,
  candidate,
  confidence,
  confirmations,
});

const toSubject = ({ by }: WishTo<"collapse" | "undo-collapse">, { channel }: Asker) => ({
  channel,
  person: by.login,
});

const toAudit = ({ domain, key }: CrowdName, { candidate: { title, year } }: State) => ({
  domain,
  name: key,
  choice: year === undefined ? title : `${title} (${year})`,
});
