/**
 * How Helix says no. Endpoints throw it at the line that finds the fault; `helix-door.ts` turns it into Twitch's
 * body in one place, so the happy path of every endpoint reads straight down.
 */
import { STATUS_CODES } from "node:http";

export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429;

export class HelixRefusal extends Error {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, message: string) {
    super(message);
    this.name = "HelixRefusal";
    this.status = status;
  }
}

/** `{"error":"Unauthorized","status":401,"message":"…"}`, the shape of every error Helix answers. */
export function toErrorBody(
  status: number,
  message: string,
): { error: string; status: number; message: string } {
  return { error: STATUS_CODES[status] ?? "Unknown", status, message };
}
