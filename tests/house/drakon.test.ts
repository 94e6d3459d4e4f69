/** The ranker as one more child: it has no words for the supervisor, so its life is its /health. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGameIndex } from "../../engine/index.ts";
import { makeRanker } from "../../hub/games/ranker.ts";
import { systemClock } from "../../shared/clock.ts";
import { buildDrakon, hasCargo } from "../support/drakon-program.ts";
import { freePort } from "../support/free-port.ts";
import { kissbot } from "../support/kissbot-process.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTrialHouse, type TrialHouse } from "../support/trial-house.ts";

const BUILD_WITHIN_MS = 300_000;

describe.skipIf(!hasCargo)("the ranker (skipped: there is no cargo to build it with)", () => {
  let house: TrialHouse;
  let port: number;
  beforeAll(async () => {
    buildDrakon();
    port = await freePort();
    house = await openTrialHouse({ ranker: { port } });
  }, BUILD_WITHIN_MS);
  afterAll(() => house?.close());

  const child = async () => (await house.status()).children.find(({ childId }) => childId === "drakon");
  const running = (notPid?: number) =>
    house.until(child, (one) => one?.state === "running" && one.pid !== notPid);
  const rank = async (query: string, candidates: readonly string[]) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/rank`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, candidates }),
    });
    return (await response.json()) as { results: { candidate: string }[]; ranked: { name: string }[] };
  };
  const supervisorPid = async () => (await house.status()).pid;

  test("is not there until somebody wants it", async () => {
    expect(await child()).toBeUndefined();
    expect((await house.status()).sentence).toBe("All is well: the hub and 2 channels run.");
  });

  test("starts on order, ranks in both shapes, and the house stays well", async () => {
    expect(await house.order({ do: "start-service", service: "drakon" })).toMatchObject({ kind: "done" });
    await running();
    const { results, ranked } = await rank("witcher 3", ["The Witcher", "The Witcher 3: Wild Hunt"]);
    expect(results[0]?.candidate).toBe("The Witcher 3: Wild Hunt");
    expect(ranked[0]?.name).toBe("The Witcher 3: Wild Hunt");
    const status = await house.until(house.status, ({ health }) => health === "healthy");
    expect(status.sentence).toBe("All is well: the hub and 2 channels run.");
  });

  const search = async (query: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/search?limit=1&q=${encodeURIComponent(query)}`);
    return { status: response.status, ...((await response.json()) as { results?: { title: string }[] }) };
  };

  test("searches the index that `games build` made, and what was learnt since", async () => {
    expect((await search("vampyre survivors")).status).toBe(503);
    expect((await kissbot(house.home.folder, "games", "build")).exitCode).toBe(0);
    expect(await search("vampyre survivors")).toMatchObject({
      status: 200,
      results: [{ title: "Vampire Survivors", year: 2022, isConfident: true }],
    });
    const opened = openGameIndex(house.home.gameIndex);
    if (opened.is === "failed") throw new Error(opened.problem);
    opened.index.learn([{ title: "Quxley Adventures", year: 2019 }]);
    opened.index.close();
    expect(await search("quxly adventures")).toMatchObject({ results: [{ title: "Quxley Adventures" }] });
  });

  test("the house's own client of rankers understands it", async () => {
    const ranker = makeRanker({
      papers: { url: `http://127.0.0.1:${port}/`, withinMs: 5_000 },
      fetch,
      clock: systemClock,
      log: silentLog,
    });
    expect(await ranker.rank("hades", ["Hades II", "Pokémon — Édition “Rouge”", "Hades"])).toEqual([2, 0, 1]);
  });

  /** What is sent as it stands, and the first line of the answer. */
  const sendRaw = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      let text = "";
      socket.setEncoding("utf8").on("data", (more: string) => {
        text += more;
      });
      // Refused before all was sent, the rest meets a closed door.
      socket.on("error", (problem) => (text === "" ? reject(problem) : resolve(text.split("\r\n")[0] ?? "")));
      socket.on("close", () => resolve(text.split("\r\n")[0] ?? ""));
    });

  test.each([
    [
      "a body that claims a gigabyte",
      "POST /v1/rank HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n",
      /413/,
    ],
    ["another method", "DELETE /v1/rank HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", /405/],
    [
      "half a JSON",
      'POST /v1/rank HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"query":',
      /400/,
    ],
    [
      "another machine's name",
      "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
      /403/,
    ],
    ["no HTTP", "\u0000\u0001\u0002\r\n\r\n", /400/],
  ])("%s is refused, and nobody else notices", async (_what, bytes, line) => {
    expect(await sendRaw(bytes)).toMatch(line);
    expect((await rank("a", ["A"])).results).toHaveLength(1);
  });

  test("comes back when it is killed", async () => {
    const before = await running();
    process.kill(before?.pid ?? 0, "SIGKILL");
    const after = await running(before?.pid);
    expect(after?.restarts).toBe(1);
    expect((await rank("a", ["A"])).results).toHaveLength(1);
  });

  test("is replaced when it answers no more", async () => {
    const before = await running();
    process.kill(before?.pid ?? 0, "SIGSTOP");
    const after = await running(before?.pid);
    expect(after?.state).toBe("running");
  });

  test("outlives its supervisor, and the next one adopts it", async () => {
    const before = await running();
    process.kill(await supervisorPid(), "SIGKILL");
    await house.relaunch();
    const after = await house.until(
      () => child().catch(() => undefined),
      (one) => one?.state === "running",
    );
    expect(after?.pid).toBe(before?.pid);
  });

  test("stays stopped once it is stopped, over supervisors too", async () => {
    expect(await house.order({ do: "stop-service", service: "drakon" })).toMatchObject({ kind: "done" });
    expect(await child()).toBeUndefined();
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    process.kill(await supervisorPid(), "SIGKILL");
    await house.relaunch();
    const status = await house.until(
      () => house.status().catch(() => undefined),
      (told) => told?.health === "healthy",
    );
    expect(status?.children.map(({ childId }) => childId)).not.toContain("drakon");
  });
});
