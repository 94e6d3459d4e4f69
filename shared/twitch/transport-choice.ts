/** How events come from Twitch. `auto`: a conduit where there is a client secret, else WebSockets with the bot's token. */
export const TRANSPORT_CHOICES = ["auto", "websocket", "conduit"] as const;
export type TransportChoice = (typeof TRANSPORT_CHOICES)[number];
