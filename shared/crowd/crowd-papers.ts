/** What the hub and the workers are told of the crowd's knowledge at birth. */
import * as v from "valibot";
import type { ChannelId } from "../ids.ts";

export const CROWD_SCOPES = ["shared", "channel"] as const;
/** Whether all channels know the same, or each what its own moderators said. */
export type CrowdScope = (typeof CROWD_SCOPES)[number];

export const MUSICBRAINZ_URL = "https://musicbrainz.org/ws/2";

export const CrowdPapers = v.object({
  scope: v.picklist(CROWD_SCOPES),
  /** So many moderators have to agree. */
  confirmations: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Left out: nobody looks up music. */
  music: v.optional(v.object({ url: v.string(), contact: v.string() })),
});
export type CrowdPapers = v.InferOutput<typeof CrowdPapers>;

export const defaultCrowdPapers: CrowdPapers = { scope: "shared", confirmations: 1 };

const SHARED = "*";

/** As it stands in the database. */
export const toScopeName = (scope: CrowdScope, channelId: ChannelId): string =>
  scope === "shared" ? SHARED : channelId;
