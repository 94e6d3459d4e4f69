import * as v from "valibot";
import { type DetailParsers, type Fields, Id, list, MaybeWhole, Name, Text } from "./fields.external.ts";

const Poll = v.object({
  id: Id,
  title: Text,
  /** Until it has begun there are no votes. */
  choices: list(v.object({ id: Id, title: Text, votes: MaybeWhole })),
  started_at: Name,
});
const Running = v.object({ ends_at: Name });
const Ended = v.object({ status: Name, ended_at: Name });

function toPoll(event: Fields) {
  const { id, title, choices, started_at } = v.parse(Poll, event);
  return {
    pollId: id,
    title,
    choices: choices.map(({ votes, ...choice }) => ({ ...choice, ...(votes !== undefined && { votes }) })),
    startedAt: started_at,
  };
}

const toRunning = (event: Fields) => ({ ...toPoll(event), endsAt: v.parse(Running, event).ends_at });

export const pollParsers: DetailParsers<"channel.poll.begin" | "channel.poll.progress" | "channel.poll.end"> =
  {
    "channel.poll.begin": toRunning,
    "channel.poll.progress": toRunning,
    "channel.poll.end": (event) => {
      const { status, ended_at } = v.parse(Ended, event);
      return { ...toPoll(event), status, endedAt: ended_at };
    },
  };
