/** The hub's promises, each with when it was last seen kept and how old that may be. Pure. */
import type { Millis } from "../../shared/clock.ts";
import type { TransportState } from "../eventsub/transport.ts";
import type { GapFillState } from "../gap-fill/start-gap-fill.ts";
import type { Proof } from "../proof/judge-proofs.ts";
import type { ProbeState } from "../proof/probe.ts";
import type { ReconcilePicture } from "../reconcile/loop.ts";

export interface ProofSources {
  readonly uptimeMs: Millis;
  /** Whether anybody wants events: without that there is nothing to prove but the token. */
  readonly isWanted: boolean;
  readonly isDrained: boolean;
  readonly transport: TransportState;
  readonly picture: Pick<ReconcilePicture, "lastPassAgoMs">;
  readonly gapFill: Pick<GapFillState, "lastLookAgoMs" | "gapOpenForMs">;
  /** How often streams are looked at. */
  readonly lookEveryMs: Millis;
  /** The oldest event that a worker which is here has not dealt with. */
  readonly oldestUnderWayMs: Millis | undefined;
  readonly validatedAgoMs: Millis | undefined;
  /** Twitch has said that the token is good no more. */
  readonly isTokenLost: boolean;
  readonly isJournalWorking: boolean;
  readonly probe: Pick<ProbeState, "agoMs" | "everyMs"> | undefined;
}

/** What Twitch promised, and the time a frame may take. */
const KEEPALIVE_GRACE_MS: Millis = 3_000;
/** Reconciliation looks every 60 s and some seconds; twice that is too long. */
const DRIFT_BOUND_MS: Millis = 135_000;
/** Twitch wants a login validated hourly. */
const TOKEN_BOUND_MS: Millis = 75 * 60_000;
/** An event that a worker has had for so long is stuck. */
const DELIVERY_BOUND_MS: Millis = 30_000;
const GAP_BOUND_MS: Millis = 60_000;

export function toProofs(sources: ProofSources): readonly Proof[] {
  const { uptimeMs, isWanted, isDrained } = sources;
  const token: Proof = {
    name: "token",
    what: "proof of the bot's token",
    agoMs: sources.isTokenLost ? undefined : sources.validatedAgoMs,
    boundMs: TOKEN_BOUND_MS,
    dueForMs: sources.isTokenLost ? Number.POSITIVE_INFINITY : uptimeMs,
  };
  const isDeaf = !isWanted || isDrained;
  return [
    ...(isDeaf ? [] : proofsOfEvents(sources)),
    ...(sources.oldestUnderWayMs === undefined ? [] : [proofOfDelivery(sources.oldestUnderWayMs)]),
    token,
    ...proofOfJournal(sources),
  ];
}

function proofsOfEvents(sources: ProofSources): Proof[] {
  const { uptimeMs, transport, picture, gapFill, probe } = sources;
  const proofs: Proof[] = transport.connections
    .filter((one) => !one.isRetiring)
    .map((one) => ({
      name: "keepalive",
      what: "sign of life from EventSub",
      agoMs: one.sessionId === undefined ? undefined : one.lastFrameAgoMs,
      boundMs: (one.keepaliveSeconds ?? 10) * 1_000 + KEEPALIVE_GRACE_MS,
      dueForMs: one.connectedForMs ?? uptimeMs,
    }));
  proofs.push({
    name: "drift-check",
    what: "comparison with Twitch's own list of subscriptions",
    agoMs: picture.lastPassAgoMs,
    boundMs: DRIFT_BOUND_MS,
    dueForMs: uptimeMs,
  });
  proofs.push({
    name: "streams",
    what: "look at the running streams",
    agoMs: gapFill.lastLookAgoMs,
    boundMs: 2.25 * sources.lookEveryMs,
    dueForMs: uptimeMs,
  });
  if (gapFill.gapOpenForMs !== undefined) {
    proofs.push({
      name: "gap",
      what: "look for what an outage had swallowed",
      agoMs: undefined,
      boundMs: GAP_BOUND_MS,
      dueForMs: gapFill.gapOpenForMs,
    });
  }
  if (probe) {
    proofs.push({
      name: "probe",
      what: "message of the probe that came back through Twitch",
      agoMs: probe.agoMs,
      boundMs: 2.25 * probe.everyMs,
      dueForMs: uptimeMs,
    });
  }
  return proofs;
}

/** Something is under way: it was dealt with up to that moment. */
const proofOfDelivery = (oldestMs: Millis): Proof => ({
  name: "delivery",
  what: "acknowledgement of a worker's oldest event",
  agoMs: undefined,
  boundMs: DELIVERY_BOUND_MS,
  dueForMs: oldestMs,
});

const proofOfJournal = ({ isJournalWorking }: ProofSources): Proof[] =>
  isJournalWorking
    ? []
    : [
        {
          name: "journal",
          what: "event written to the journal",
          agoMs: undefined,
          boundMs: 0,
          dueForMs: 1,
        },
      ];
