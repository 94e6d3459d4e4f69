import { defineChannelVerb } from "../channels/channel-verb.ts";

export default defineChannelVerb({
  name: "start-channel",
  summary: "starts a channel that was stopped; it stays started over restarts of the house",
});
