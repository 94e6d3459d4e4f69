/** A TCP port that can be made to refuse for a while, as a port does behind which nobody listens. */
import { createServer, type Server, type Socket } from "node:net";

export interface TcpListener {
  readonly port: number;
  setRefusing(isRefusing: boolean): void;
  close(): Promise<void>;
}

export async function openTcpListener(using: {
  readonly port: number;
  readonly host: string;
  readonly onSocket: (socket: Socket) => void;
  readonly onError: (error: Error) => void;
}): Promise<TcpListener> {
  const { host } = using;
  const { server, port } = await listen(using.port);
  let open: Server | undefined = server;
  server.on("error", using.onError);

  function listen(at: number): Promise<{ readonly server: Server; readonly port: number }> {
    return new Promise((resolve, reject) => {
      const starting = createServer(using.onSocket);
      starting.once("error", reject);
      starting.listen(at, host, () => {
        starting.off("error", reject);
        const address = starting.address();
        resolve({ server: starting, port: typeof address === "object" && address ? address.port : at });
      });
    });
  }

  return {
    port,
    setRefusing(isRefusing) {
      if (isRefusing) {
        open?.close();
        open = undefined;
      } else if (!open) {
        open = createServer(using.onSocket).on("error", using.onError).listen(port, host);
      }
    },
    close: () =>
      new Promise((resolve) => {
        if (open) open.close(() => resolve());
        else resolve();
      }),
  };
}
