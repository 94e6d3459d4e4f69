/** The hub, or the supervisor, in a few lines on a real socket: it says what a test tells it to and keeps what it heard. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as v from "valibot";
import { systemClock } from "../../shared/clock.ts";
import { type Link, openLink } from "../../shared/ipc/link.ts";
import { openSocketServer } from "../../shared/ipc/socket-server.ts";
import { makeTestLog } from "./test-log.ts";

/** The other end of a conversation, for tests of one end. */
export async function openTestPeer<In, Out extends object>(incoming: v.GenericSchema<unknown, In>) {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-peer-"));
  const path = join(folder, "peer.sock");
  const heard: In[] = [];
  const links = new Set<Link<Out>>();
  let waiting: { readonly is: (message: In) => boolean; readonly resolve: (message: In) => void }[] = [];
  let onHear: (message: In, link: Link<Out>) => void = () => {};
  const pulse = { everyMs: 60_000, silenceMaxMs: 600_000 };
  const listen = () =>
    openSocketServer({
      path,
      connectionsMax: 8,
      log: makeTestLog().log,
      onConnection(wire) {
        const link = openLink<In, Out>(wire, incoming, {
          clock: systemClock,
          log: makeTestLog().log,
          pulse,
          onMessage(message, from) {
            heard.push(message);
            onHear(message, from);
            const found = waiting.filter((one) => one.is(message));
            waiting = waiting.filter((one) => !found.includes(one));
            for (const one of found) one.resolve(message);
          },
        });
        links.add(link);
        void link.closed.then(() => links.delete(link));
      },
    });
  let server = await listen();
  return {
    path,
    heard,
    onHear(hear: (message: In, link: Link<Out>) => void) {
      onHear = hear;
    },
    /** Resolves with the next message of that kind that comes from now on. */
    next: <K extends string>(kind: K, fits: (message: Extract<In, { kind: K }>) => boolean = () => true) =>
      new Promise<Extract<In, { kind: K }>>((resolve) => {
        const isWanted = (message: In): message is Extract<In, { kind: K }> =>
          (message as { kind?: unknown }).kind === kind && fits(message as Extract<In, { kind: K }>);
        waiting.push({ is: isWanted, resolve: (message) => resolve(message as Extract<In, { kind: K }>) });
      }),
    say(message: Out) {
      for (const link of links) link.send(message);
    },
    cut() {
      for (const link of links) link.close("cut by the test");
    },
    async goAway() {
      for (const link of links) link.close("the peer goes away");
      await server.close();
    },
    async comeBack() {
      server = await listen();
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
