/**
 * How a door tells the live feed what no happening of the world says: who connected, joined, subscribed, left.
 * Nothing in the simulation acts on it.
 */
export type Report = (kind: string, details: Readonly<Record<string, unknown>>) => void;
