/** A checkout where the ranker was never built: `drakon start` has cargo build it, and says what is missing when it can't. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchSupervisor } from "../../cli/house/launch.ts";
import { drakonProgram } from "../../shared/house-services.ts";
import { type BareCheckout, makeBareCheckout } from "../support/bare-checkout.ts";
import { buildDrakon, hasCargo } from "../support/drakon-program.ts";
import { freePort } from "../support/free-port.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const BUILD_WITHIN_MS = 300_000;

describe.skipIf(!hasCargo)(
  "drakon start without the program (skipped: there is no cargo to build it with)",
  () => {
    let checkout: BareCheckout;
    let house: TrialHouse;
    let tools: string;
    let port: number;
    beforeAll(async () => {
      buildDrakon();
      tools = mkdtempSync(join(tmpdir(), "kissbot-tools-"));
      checkout = makeBareCheckout();
      port = await freePort();
      house = await openTrialHouse(
        { ranker: { port } },
        { launch: (home, environment) => launchSupervisor(home, environment, checkout.supervisorProgram) },
      );
    }, BUILD_WITHIN_MS);
    afterAll(async () => {
      await house?.close();
      checkout?.remove();
      if (tools) rmSync(tools, { recursive: true });
    });

    /** `path`: where programs are looked for. */
    const drakon = (action: string, path: string) => {
      const ended = spawnSync(process.execPath, [checkout.cliProgram, "drakon", action], {
        env: { ...process.env, KISSBOT_HOME: house.home.folder, PATH: path },
        encoding: "utf8",
      });
      return { status: ended.status, said: `${ended.stdout}${ended.stderr}` };
    };
    /** A cargo that does as told and notes what it was called with: compiling anew is what `drakon.test.ts` waits for. */
    const putCargo = (name: string, then: string): string => {
      const folder = join(tools, name);
      mkdirSync(folder);
      const program = join(folder, "cargo");
      writeFileSync(program, `#!/bin/sh\necho "$PWD $*" > '${join(folder, "called")}'\n${then}\n`);
      chmodSync(program, 0o755);
      return folder;
    };

    test("names what is missing where there is no cargo, and starts nothing", async () => {
      const nowhere = join(tools, "nowhere");
      const { status, said } = drakon("start", nowhere);
      expect(said).toMatch(/cargo could not be started .* rustup\.rs says how to get it/);
      expect(status).not.toBe(0);
      expect(drakon("status", nowhere).said).toContain("The ranker is not built");
      expect((await house.status()).children.map(({ childId }) => childId)).not.toContain("drakon");
    });

    test("says that cargo failed, and starts nothing", () => {
      const { status, said } = drakon(
        "start",
        `${putCargo("failing", "echo no linker >&2; exit 101")}:/usr/bin:/bin`,
      );
      expect(said).toMatch(/no linker\n.*cargo could not build the ranker: it says above why/s);
      expect(status).not.toBe(0);
    });

    test("has it built in the checkout, starts it, and builds it once", async () => {
      const program = drakonProgram(checkout.folder);
      const place = join(checkout.folder, "engine", "target", "release");
      const path = `${putCargo("good", `mkdir -p '${place}' && cp '${drakonProgram()}' '${place}/'`)}:/usr/bin:/bin`;
      expect(existsSync(program)).toBe(false);
      expect(drakon("start", path)).toMatchObject({ status: 0 });
      expect(readFileSync(join(tools, "good", "called"), "utf8")).toBe(
        `${join(checkout.folder, "engine")} build --release --locked -p kissbot-drakon\n`,
      );
      await house.until(
        async () => (await house.status()).children.find(({ childId }) => childId === "drakon"),
        (one) => one?.state === "running",
      );
      const health = await fetch(`http://127.0.0.1:${port}/health`);
      expect(health.status).toBe(200);
      rmSync(join(tools, "good", "called"));
      expect(drakon("start", path)).toMatchObject({ status: 0 });
      expect(existsSync(join(tools, "good", "called"))).toBe(false);
      expect(drakon("status", path).status).toBe(0);
      expect(drakon("stop", path).status).toBe(0);
      expect(drakon("status", path).said).toContain("The ranker is stopped");
    });
  },
);
