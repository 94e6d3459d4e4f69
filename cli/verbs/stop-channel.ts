import { defineChannelVerb } from "../channels/channel-verb.ts";

export default defineChannelVerb({
  name: "stop-channel",
  summary: "stops one channel; it stays stopped until start-channel, over restarts of the house",
});
