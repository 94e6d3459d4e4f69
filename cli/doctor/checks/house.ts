import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { SOCKET_PATH_BYTES_MAX } from "../../../shared/home.ts";
import type { SupervisorStatus } from "../../../shared/ipc/control.ts";
import { describeSilence } from "../../status/silence.ts";
import { readSupervisorNote } from "../../supervisor-note.ts";
import type { Desk } from "../../verb.ts";
import { defineCheck, type Finding } from "../check.ts";
import { askHouse } from "../look-once.ts";

export default defineCheck({
  name: "house",
  async run(desk) {
    const asked = await askHouse(desk);
    const sockets = lookAtSockets(desk, asked.is === "answered");
    return asked.is === "answered"
      ? [judgeHouse(asked.status), ...sockets]
      : [judgeSilence(desk, asked.problem), ...sockets];
  },
});

export const judgeHouse = ({ health, sentence }: Pick<SupervisorStatus, "health" | "sentence">): Finding =>
  health === "healthy"
    ? { level: "ok", says: sentence }
    : { level: health === "down" ? "fail" : "warn", says: sentence, fix: "./kissbot.sh status says more" };

function judgeSilence({ home }: Desk, problem: string): Finding {
  const note = readSupervisorNote(home);
  const says = describeSilence(note, problem);
  switch (note.is) {
    case "none":
    case "lone-worker":
      return { level: "ok", says };
    case "stale":
      return { level: "warn", says, fix: "./kissbot.sh start" };
    case "alive":
      return { level: "fail", says, fix: "./kissbot.sh stop, then ./kissbot.sh start" };
  }
}

function lookAtSockets({ home }: Desk, isRunning: boolean): readonly Finding[] {
  const bytes = Math.max(...[home.supervisorSocket, home.hubSocket].map((path) => Buffer.byteLength(path)));
  if (bytes > SOCKET_PATH_BYTES_MAX)
    return [
      {
        level: "fail",
        says: `a socket's path has ${bytes} bytes, ${SOCKET_PATH_BYTES_MAX} are possible`,
        fix: "set KISSBOT_HOME or XDG_RUNTIME_DIR to a shorter folder",
      },
    ];
  const sockets = socketsIn(home.run);
  if (isRunning || sockets.length === 0)
    return [{ level: "ok", says: `sockets: ${sockets.length === 0 ? "none" : sockets.join(", ")}` }];
  return [
    {
      level: "warn",
      says: `sockets of a house that has gone: ${sockets.join(", ")}`,
      fix: "./kissbot.sh start clears them",
    },
  ];
}

const socketsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".sock"))
        .map((name) => basename(join(folder, name)))
    : [];
