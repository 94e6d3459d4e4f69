/**
 * The simulator in one process: one world, every door of Twitch on one HTTP port (plus IRC on TCP), and the
 * control API beside them. Also usable inside a test: `const sim = await startSim({ scenario: "quiet" })`.
 */
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type * as v from "valibot";
import { openIrcDoor } from "./chat/irc-door.ts";
import { type SimClock, startSimClock } from "./clock.ts";
import { applyOrder } from "./control/apply-order.ts";
import { makeControlRoutes } from "./control/control-routes.ts";
import { type Feed, makeFeed } from "./control/feed.ts";
import { openEventSubDoor } from "./eventsub/eventsub-door.ts";
import { type FaultDesk, makeFaultDesk } from "./fault-desk.ts";
import { type GameServices, makeGameServices } from "./games/game-services.ts";
import { makeHelixRoutes } from "./helix/helix-door.ts";
import { toErrorBody } from "./helix/refusal.ts";
import { openHttpListener, toListenError } from "./http-listener.ts";
import { makeIdRoutes } from "./id/id-routes.ts";
import { makeLoginDesk } from "./id/login-desk.ts";
import { makeMusicBrainzDoor } from "./musicbrainz/musicbrainz-door.ts";
import { makeRandom } from "./random.ts";
import { furnishWorld } from "./scenario/furnish-world.ts";
import { readScenario } from "./scenario/read-scenario.ts";
import type { ScenarioSchema } from "./scenario/scenario.ts";
import { makeScriptPlayer, type ScriptPlayer } from "./scenario/script-player.ts";
import { makeSocketGate } from "./socket-gate.ts";
import { obeyTokenFaults } from "./world/token-faults.ts";
import { makeWorld, type Token, type World } from "./world/world.ts";

export interface SimOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  readonly ircPort?: number | undefined;
  /** Loopback only; "localhost", the default, is 127.0.0.1 and ::1. */
  readonly host?: string | undefined;
  /** A file's path, the name of a built-in scenario, or a scenario as an object. Left out = an empty Twitch. */
  readonly scenario?: string | v.InferInput<typeof ScenarioSchema> | undefined;
  /** Before the scenario's own. */
  readonly seed?: number | undefined;
  readonly speed?: number | undefined;
  /** Somebody else's time, for who shares one with it; speeds are then theirs. Left out: a clock of its own. */
  readonly clock?: SimClock | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface Sim {
  /** "http://localhost:7878" */
  readonly httpUrl: string;
  readonly port: number;
  readonly ircPort: number;
  readonly world: World;
  readonly faults: FaultDesk;
  readonly script: ScriptPlayer;
  readonly feed: Feed;
  readonly games: GameServices;
  /** Those the scenario asked for. */
  readonly tokens: readonly Token[];
  stop(): Promise<void>;
}

const SEED_WHEN_NOBODY_SAYS = 1;

/** @throws ScenarioError, PortInUseError, NotLoopbackError */
export async function startSim(options: SimOptions = {}): Promise<Sim> {
  const { scenario, whereIs } = readScenario(options.scenario);
  const { host = "localhost", log = () => {} } = options;
  const clock = options.clock ?? startSimClock({ speed: options.speed ?? scenario.speed ?? 1 });
  const random = makeRandom(options.seed ?? scenario.seed ?? SEED_WHEN_NOBODY_SAYS);
  const world = makeWorld({ clock, random });
  const faults = makeFaultDesk();
  const tokens = furnishWorld(world, scenario);

  const releasers: (() => void | Promise<void>)[] = [() => clock.stop()];
  const stop = async () => {
    for (const release of releasers.splice(0).reverse()) await release();
  };
  try {
    const feed = makeFeed(world);
    releasers.push(() => feed.close());
    const warn = (sentence: string) => {
      log(sentence);
      feed.tell("problem", { sentence });
    };
    releasers.push(obeyTokenFaults(world, faults, warn));
    const script = makeScriptPlayer({
      clock,
      steps: scenario.script,
      whereIs,
      apply: (order) => applyOrder({ world, faults }, order),
      onProblem: warn,
    });
    releasers.push(() => script.stop());

    let port = 0;
    const irc = openIrcDoor({ world, faults, log, report: feed.tell });
    releasers.push(() => irc.close());
    const eventSub = openEventSubDoor({
      world,
      faults,
      baseUrl: () => `ws://127.0.0.1:${port}`,
      log,
      report: feed.tell,
    });
    releasers.push(() => eventSub.close());
    const logins = makeLoginDesk(world, scenario.devicePollSeconds);
    const games = makeGameServices(world);
    const app = joinDoors({
      helix: makeHelixRoutes({ world, faults, eventSubRoutes: eventSub.routes, log }),
      id: makeIdRoutes({ world, faults, logins }),
      control: makeControlRoutes({
        world,
        faults,
        feed,
        script,
        logins,
        games,
        connections: { irc: irc.connections, eventsub: eventSub.sessions },
        emit: eventSub.emitRaw,
        log: warn,
      }),
    });
    for (const [service, door] of Object.entries(games.doors)) app.route(`/${service}`, door);
    app.route("/musicbrainz", makeMusicBrainzDoor(clock).routes);
    const sockets = makeSocketGate({ faults, irc, eventSub });
    releasers.push(() => sockets.close());
    const onRequest = getRequestListener(app.fetch);
    const http = await openHttpListener({
      port: options.port ?? 0,
      host,
      onRequest,
      onUpgrade: sockets.onUpgrade,
    });
    releasers.push(() => http.close());
    port = http.port;
    const ircPort = await listenIrc(irc, options.ircPort ?? 0, host);
    return {
      httpUrl: `http://localhost:${port}`,
      port,
      ircPort,
      world,
      faults,
      script,
      feed,
      games,
      tokens,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Twitch's hosts become paths: api.twitch.tv → /helix, id.twitch.tv → /oauth2; /mock and /auth are twurple's names for them. */
function joinDoors(doors: {
  readonly helix: ReturnType<typeof makeHelixRoutes>;
  readonly id: Hono;
  readonly control: Hono;
}): Hono {
  const app = new Hono();
  app.route("/helix", doors.helix);
  app.route("/mock", doors.helix);
  app.all("/eventsub/*", (c) => doors.helix.fetch(c.req.raw));
  app.route("/oauth2", doors.id);
  app.route("/auth", doors.id);
  app.route("/sim", doors.control);
  app.notFound((c) => c.json(toErrorBody(404, ""), 404));
  return app;
}

async function listenIrc(irc: ReturnType<typeof openIrcDoor>, port: number, host: string): Promise<number> {
  const address = host === "localhost" ? "127.0.0.1" : host;
  try {
    return await irc.listenTcp(port, address);
  } catch (error) {
    throw error instanceof Error ? toListenError(error, port, address) : error;
  }
}
