/** Which lists this channel has seen: a number means what stood there, whatever happened to the order meanwhile. */
import type { Domain } from "../../../shared/crowd/candidate.ts";
import { toCrowdKey } from "../../../shared/crowd/crowd-key.ts";

export interface ShownList {
  readonly domain: Domain;
  readonly stateIds: readonly number[];
}

export interface ShownLists {
  note(query: string, list: ShownList): void;
  /** The newest of this name; of this domain, when one is named. */
  find(query: string, domain: Domain | undefined): ShownList | undefined;
}

const LISTS_MAX = 50;

export function makeShownLists(): ShownLists {
  /** The newest last. */
  let lists: readonly (ShownList & { readonly key: string })[] = [];
  return {
    note(query, list) {
      const key = toCrowdKey(query);
      const others = lists.filter((one) => one.key !== key || one.domain !== list.domain);
      lists = [...others, { ...list, key }].slice(-LISTS_MAX);
    },
    find(query, domain) {
      const key = toCrowdKey(query);
      return lists.findLast((one) => one.key === key && (domain === undefined || one.domain === domain));
    },
  };
}
