/** What a domain of the crowd's knowledge has behind it: somebody who can be asked what a name may mean. */
import type { Candidate } from "../../shared/crowd/candidate.ts";

export type Searched =
  /** The likeliest first; none: the source knows nothing by this name. */
  | { readonly is: "found"; readonly candidates: readonly Candidate[] }
  | { readonly is: "away"; readonly because: "busy" | "away" | "off" };

export interface DomainSource {
  /** Never throws. */
  search(query: string): Promise<Searched>;
}

/** Of a domain nobody may be asked about. */
export const closedSource: DomainSource = { search: async () => ({ is: "away", because: "off" }) };
