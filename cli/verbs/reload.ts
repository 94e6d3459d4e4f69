import * as v from "valibot";
import { orderSupervisor, reportOrdered } from "../order-supervisor.ts";
import { defineVerb } from "../verb.ts";

export default defineVerb({
  name: "reload",
  summary: "reads config.yaml again and applies what differs while everything runs",
  flags: [{ flags: "--json", says: "the answer for scripts" }],
  options: v.object({ json: v.optional(v.boolean(), false) }),
  run: async ({ options }, desk) =>
    reportOrdered(await orderSupervisor({ do: "reload" }, desk.home, desk.clock), options.json, desk),
});
