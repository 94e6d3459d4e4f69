/** Where a worker hears its channel's chat, whichever way that comes. */
export interface ChatDoor {
  isOpen(): boolean;
  /** The bot's account is good again: there is no need to wait for that any more. */
  reauthOver(): void;
  /** What is said from now on is not brought in any more. */
  stopListening(): void;
  stop(): void;
}
