import * as v from "valibot";
import {
  type DetailParsers,
  type Fields,
  Id,
  list,
  MaybeId,
  MaybeWhole,
  Name,
  Text,
} from "./fields.external.ts";

const Prediction = v.object({
  id: Id,
  title: Text,
  /** Until it has begun nobody has bet. */
  outcomes: list(v.object({ id: Id, title: Text, users: MaybeWhole, channel_points: MaybeWhole })),
  started_at: Name,
});
const Open = v.object({ locks_at: Name });
const Locked = v.object({ locked_at: Name });
const Ended = v.object({ status: Name, winning_outcome_id: MaybeId, ended_at: Name });

function toPrediction(event: Fields) {
  const { id, title, outcomes, started_at } = v.parse(Prediction, event);
  return {
    predictionId: id,
    title,
    outcomes: outcomes.map(({ users, channel_points, ...outcome }) => ({
      ...outcome,
      ...(users !== undefined && { users }),
      ...(channel_points !== undefined && { points: channel_points }),
    })),
    startedAt: started_at,
  };
}

const toOpen = (event: Fields) => ({ ...toPrediction(event), locksAt: v.parse(Open, event).locks_at });

export const predictionParsers: DetailParsers<
  | "channel.prediction.begin"
  | "channel.prediction.progress"
  | "channel.prediction.lock"
  | "channel.prediction.end"
> = {
  "channel.prediction.begin": toOpen,
  "channel.prediction.progress": toOpen,
  "channel.prediction.lock": (event) => ({
    ...toPrediction(event),
    lockedAt: v.parse(Locked, event).locked_at,
  }),
  "channel.prediction.end": (event) => {
    const { status, winning_outcome_id, ended_at } = v.parse(Ended, event);
    return {
      ...toPrediction(event),
      status,
      ...(winning_outcome_id !== undefined && { winningOutcomeId: winning_outcome_id }),
      endedAt: ended_at,
    };
  },
};
