import * as v from "valibot";
import {
  type DetailParsers,
  type Fields,
  Flag,
  Id,
  list,
  MaybeName,
  Name,
  personAt,
  Whole,
} from "./fields.external.ts";

const userFields = personAt("user");

const Train = v.object({
  id: Id,
  level: Whole,
  total: Whole,
  type: MaybeName,
  is_shared_train: v.nullish(Flag),
  top_contributions: list(v.record(v.string(), v.unknown())),
  started_at: Name,
});
const Contribution = v.object({ type: Name, total: Whole });
const Moving = v.object({ progress: Whole, goal: Whole, expires_at: Name });
const Ended = v.object({ ended_at: Name });

function toTrain(event: Fields) {
  const { id, level, total, type, is_shared_train, top_contributions, started_at } = v.parse(Train, event);
  return {
    trainId: id,
    level,
    total,
    ...(type !== undefined && { kind: type }),
    isShared: is_shared_train ?? false,
    topContributions: top_contributions.map(toContribution),
    startedAt: started_at,
  };
}

function toContribution(fields: Fields) {
  const { type, total } = v.parse(Contribution, fields);
  const user = userFields.find(fields);
  return { ...(user && { user }), kind: type, total };
}

function toMoving(event: Fields) {
  const { progress, goal, expires_at } = v.parse(Moving, event);
  return { ...toTrain(event), progress, goal, expiresAt: expires_at };
}

export const hypeTrainParsers: DetailParsers<
  "channel.hype_train.begin" | "channel.hype_train.progress" | "channel.hype_train.end"
> = {
  "channel.hype_train.begin": toMoving,
  "channel.hype_train.progress": toMoving,
  "channel.hype_train.end": (event) => ({ ...toTrain(event), endedAt: v.parse(Ended, event).ended_at }),
};
