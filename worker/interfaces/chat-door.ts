/** Where a worker hears its channel's chat, whichever way that comes. */
export interface ChatDoor {
  isOpen(): boolean;
  /** What is said from now on is not brought in any more. */
  stopListening(): void;
  stop(): void;
}
