import * as v from "valibot";
import { type DetailParsers, Id, Name } from "./fields.external.ts";

const Online = v.object({ id: Id, type: Name, started_at: Name });

export const streamParsers: DetailParsers<"stream.online" | "stream.offline"> = {
  "stream.online": (event) => {
    const { id, type, started_at } = v.parse(Online, event);
    return { streamId: id, startedAt: started_at, streamType: type };
  },
  "stream.offline": () => ({}),
};
