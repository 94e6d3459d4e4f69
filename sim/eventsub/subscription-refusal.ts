/** How Twitch says no to a subscription. */
export interface Refusal {
  readonly is: "refused";
  readonly status: 400 | 403 | 409 | 410 | 429;
  readonly message: string;
}

export function refuse(status: Refusal["status"], message: string): Refusal {
  return { is: "refused", status, message };
}
