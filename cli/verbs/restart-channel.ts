import { defineChannelVerb } from "../channels/channel-verb.ts";

export default defineChannelVerb({
  name: "restart-channel",
  summary: "restarts one channel's worker and answers with its new pid",
});
