/** Login by device code: the person opens a link on any machine, and we ask Twitch now and then whether they agreed. */
import type { Millis } from "../../shared/clock.ts";
import type { FreshLogin, IdLogin } from "../../shared/twitch/id-login.ts";
import { quoteStranger, safeText } from "../safe-text.ts";
import type { Desk } from "../verb.ts";

export type LoggedIn =
  | { readonly is: "granted"; readonly login: FreshLogin }
  | { readonly is: "refused" | "away" | "stopped"; readonly because: string };

/** RFC 8628: after each "slow down". */
const SLOWER_BY_MS: Millis = 5_000;
const MS_PER_MIN = 60_000;

export async function loginByDevice(using: {
  readonly idLogin: IdLogin;
  readonly scopes: readonly string[];
  readonly desk: Pick<Desk, "clock" | "say" | "warn" | "paint">;
  readonly stopping: AbortSignal;
}): Promise<LoggedIn> {
  const { idLogin, scopes, desk, stopping } = using;
  const { clock } = desk;
  const started = await idLogin.startDevice(scopes, stopping);
  if (stopping.aborted) return stopped;
  if (started.is !== "started")
    return { is: started.is, because: `Twitch gave no device code: ${started.problem}` };
  const { device } = started;
  const link = safeText(device.verificationUri);
  desk.say(`Open   ${desk.paint("bold", link)}`);
  desk.say(`code   ${desk.paint("bold", safeText(device.userCode))}   (if the page asks for it)`);
  desk.say(
    `Waiting up to ${Math.round(device.expiresInMs / MS_PER_MIN)} minutes for a yes; Ctrl-C gives up.`,
  );

  const until = clock.now() + device.expiresInMs;
  let everyMs = device.pollEveryMs;
  let isAway = false;
  for (;;) {
    await restOrStop(clock, Math.min(everyMs, Math.max(0, until - clock.now())), stopping);
    if (stopping.aborted) return stopped;
    if (clock.now() >= until)
      return {
        is: "refused",
        because: "nobody agreed in time, and the code is used up: run it again for a new one",
      };
    const polled = await idLogin.pollDevice(device.deviceCode, scopes, stopping);
    if (stopping.aborted) return stopped;
    switch (polled.is) {
      case "granted":
        return polled;
      case "pending":
        break;
      case "slow-down":
        everyMs += SLOWER_BY_MS;
        break;
      case "away":
        if (!isAway) desk.warn(`kissbot: Twitch does not answer (${safeText(polled.problem)}); still trying`);
        break;
      case "gone":
        return {
          is: "refused",
          because: `the login was denied, or the code was used or forgotten (Twitch says ${quoteStranger(polled.problem)}): nothing was stored`,
        };
      case "refused":
        return { is: "refused", because: `Twitch refuses: ${quoteStranger(polled.problem)}` };
    }
    isAway = polled.is === "away";
  }
}

const stopped: LoggedIn = { is: "stopped", because: "given up: nothing was stored" };

function restOrStop(clock: Desk["clock"], forMs: Millis, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      stopping.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(forMs, end);
    if (stopping.aborted) end();
    else stopping.addEventListener("abort", end);
  });
}
