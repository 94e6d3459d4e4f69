import { createServer } from "node:net";
import type { Desk } from "../../verb.ts";
import { defineCheck, type Finding } from "../check.ts";
import { askHouse, findRoom } from "../look-once.ts";

type Tried = { readonly is: "free" } | { readonly is: "taken" | "refused"; readonly problem: string };

export default defineCheck({
  name: "ports",
  async run(desk) {
    const room = await findRoom(desk);
    if (!room) return [{ level: "ok", says: "not looked at without a configuration" }];
    const { host, port } = room.config.monitor;
    if (port === 0) return [{ level: "ok", says: "metrics are off: no port is needed" }];
    return [judgeMonitor(`${host}:${port}`, await tryPort(host, port), await hasOwnHouse(desk))];
  },
});

const hasOwnHouse = async (desk: Desk): Promise<boolean> => (await askHouse(desk)).is === "answered";

export function judgeMonitor(at: string, tried: Tried, isRunning: boolean): Finding {
  const fix = "give monitor.port another number, or 0 for none";
  if (tried.is === "free")
    return isRunning
      ? {
          level: "warn",
          says: `nobody listens at ${at}, where metrics should be`,
          fix: "./kissbot.sh status says why",
        }
      : { level: "ok", says: `${at} is free for metrics` };
  if (tried.is === "refused")
    return { level: "warn", says: `${at} can't be had for metrics (${tried.problem})`, fix };
  return isRunning
    ? { level: "ok", says: `metrics at ${at}` }
    : { level: "warn", says: `another program listens at ${at}, where metrics are to be`, fix };
}

function tryPort(host: string, port: number): Promise<Tried> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (problem: NodeJS.ErrnoException) =>
      resolve({
        is: problem.code === "EADDRINUSE" ? "taken" : "refused",
        problem: problem.code ?? problem.message,
      }),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve({ is: "free" })));
  });
}
