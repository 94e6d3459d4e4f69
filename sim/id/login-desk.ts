/**
 * Consent that was given or is being asked for but is no token yet: authorization codes on their way back to the
 * application, and device codes waiting for a person to enter them. `approveDevice` is that person.
 */
import type { User, World } from "../world/world.ts";

export const DEVICE_CODE_SECONDS = 1800;
/** How often Twitch lets an application ask whether the person has agreed. */
export const DEVICE_POLL_SECONDS = 5;
/** Twitch does not say how long a code lives; OAuth's advice is ten minutes at most. */
export const AUTHORIZATION_CODE_SECONDS = 600;

const DEVICE_CODE_LENGTH = 40;
const AUTHORIZATION_CODE_LENGTH = 30;
const USER_CODE_LENGTH = 8;
const USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";

export interface Consent {
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
}

export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  userId: string | undefined;
}

export type DeviceApproval = "approved" | "unknown-code" | "already-approved";

export type DevicePoll =
  | { readonly is: "approved"; readonly consent: Consent }
  | { readonly is: "pending" }
  | { readonly is: "unknown" };

export interface LoginDesk {
  /** What whoever starts a login by device code is told to wait between two questions. */
  readonly devicePollSeconds: number;
  addCode(consent: Consent & { readonly redirectUri: string }): string;
  /** A code is good once, for the client and redirect address it was made for. */
  takeCode(code: string, clientId: string, redirectUri: string): Consent | undefined;
  addDevice(clientId: string, scopes: readonly string[]): DeviceCode;
  /** For the control API: this user enters the code shown to them at Twitch's activation page and agrees. */
  approveDevice(userCode: string, user: User): DeviceApproval;
  /** They enter the code and say no. Twitch forgets the code then, and whoever polls hears that it is invalid. */
  denyDevice(userCode: string): "denied" | "unknown-code";
  /** An approved device code is spent by asking. */
  takeDevice(deviceCode: string, clientId: string): DevicePoll;
  pendingDevices(): readonly DeviceCode[];
}

export function makeLoginDesk(world: World, devicePollSeconds = DEVICE_POLL_SECONDS): LoginDesk {
  const { clock, random } = world;
  const codes = new Map<string, Consent & { readonly redirectUri: string; readonly expiresAt: number }>();
  const devices = new Map<string, DeviceCode>();

  const forgetOld = () => {
    for (const [code, one] of codes) if (one.expiresAt <= clock.now()) codes.delete(code);
    for (const [code, one] of devices) if (one.expiresAt <= clock.now()) devices.delete(code);
  };

  const findDevice = (userCode: string) =>
    [...devices.values()].find((one) => one.userCode === userCode.toUpperCase());

  return {
    devicePollSeconds,
    addCode(consent) {
      forgetOld();
      const code = random.token(AUTHORIZATION_CODE_LENGTH);
      codes.set(code, { ...consent, expiresAt: clock.now() + AUTHORIZATION_CODE_SECONDS * 1000 });
      return code;
    },
    takeCode(code, clientId, redirectUri) {
      forgetOld();
      const consent = codes.get(code);
      if (!consent || consent.clientId !== clientId || consent.redirectUri !== redirectUri) return undefined;
      codes.delete(code);
      return consent;
    },
    addDevice(clientId, scopes) {
      forgetOld();
      const device: DeviceCode = {
        deviceCode: random.token(DEVICE_CODE_LENGTH),
        userCode: Array.from({ length: USER_CODE_LENGTH }, () => random.pick([...USER_CODE_LETTERS])).join(
          "",
        ),
        clientId,
        scopes,
        expiresAt: clock.now() + DEVICE_CODE_SECONDS * 1000,
        userId: undefined,
      };
      devices.set(device.deviceCode, device);
      return device;
    },
    approveDevice(userCode, user) {
      forgetOld();
      const device = findDevice(userCode);
      if (!device) return "unknown-code";
      if (device.userId !== undefined) return "already-approved";
      device.userId = user.id;
      return "approved";
    },
    denyDevice(userCode) {
      forgetOld();
      const device = findDevice(userCode);
      if (!device) return "unknown-code";
      devices.delete(device.deviceCode);
      return "denied";
    },
    takeDevice(deviceCode, clientId) {
      forgetOld();
      const device = devices.get(deviceCode);
      if (!device || device.clientId !== clientId) return { is: "unknown" };
      if (device.userId === undefined) return { is: "pending" };
      devices.delete(deviceCode);
      return { is: "approved", consent: { clientId, userId: device.userId, scopes: device.scopes } };
    },
    pendingDevices() {
      forgetOld();
      return [...devices.values()].filter((device) => device.userId === undefined);
    },
  };
}
