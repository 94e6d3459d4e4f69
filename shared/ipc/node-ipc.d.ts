/** node-ipc 14.0.0 ships no types; these are the parts the house uses. */
declare module "node-ipc" {
  import type { Server as NetServer, Socket } from "node:net";

  export interface IPCServer {
    readonly server: NetServer | false;
    on(event: string, listen: (...given: never[]) => void): void;
    emit(socket: Socket, type: string, data: unknown): boolean;
    start(): void;
    stop(): void;
  }
  export class IPCModule {
    readonly config: Record<string, unknown>;
    readonly server: IPCServer;
    serve(path: string, ready: () => void): void;
  }
}
