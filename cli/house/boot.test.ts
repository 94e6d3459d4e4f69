import { describe, expect, test } from "vitest";
import { findHome } from "../../shared/home.ts";
import { adviseBoot } from "./boot.ts";

const advise = (folder: string, crontab: string | undefined, checkout = "/opt/kissbot") =>
  adviseBoot({ home: findHome({ KISSBOT_HOME: folder }), checkout, crontab });
const lineOf = (advice: string | undefined) => advice?.split("\n").find((line) => line.includes("@reboot"));

describe("a house that PM2 keeps is started at boot", () => {
  test.each<[string, string, string | undefined]>([
    ["in its checkout", "/opt/kissbot", "  @reboot /opt/kissbot/kissbot.sh start"],
    ["elsewhere", "/srv/bot", "  @reboot KISSBOT_HOME=/srv/bot /opt/kissbot/kissbot.sh start"],
    [
      "in a folder a shell and cron would misread",
      "/srv/it's 100%",
      "  @reboot KISSBOT_HOME='/srv/it'\\''s 100\\%' /opt/kissbot/kissbot.sh start",
    ],
    ["whose sockets lie in a session's folder: not by cron", `/srv/${"x".repeat(100)}`, undefined],
  ])("%s", (_where, folder, line) => {
    const advice = advise(folder, "# m h dom mon dow command\n");
    expect(lineOf(advice)).toBe(line);
    expect(advice).toContain("/opt/kissbot/deploy/systemd/kissbot.service for systemd.");
  });

  test("where the crontab does it already there is nothing to say", () => {
    expect(
      advise("/opt/kissbot", "MAILTO=x\n@reboot sleep 9; /opt/kissbot/kissbot.sh start\n"),
    ).toBeUndefined();
    expect(lineOf(advise("/opt/kissbot", "# @reboot /opt/kissbot/kissbot.sh start\n"))).toBeDefined();
  });

  test("without cron", () => {
    expect(advise("/opt/kissbot", undefined)).toBe(
      "To start it at boot, too, there is /opt/kissbot/deploy/systemd/kissbot.service for systemd.",
    );
  });
});
