/**
 * A way to the network that can be taken once. ChatClient dials again by itself, without a rest, when a server
 * accepts and closes (471 dials in 3 seconds) and once more after a refused login, even when it was told to quit.
 * With this under it, its further dials fail before they leave the process; whether to try again is our decision.
 */
import { connect as connectPlain, isIP, type NetConnectOpts, Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";

export function makeOneDial(isSecure: boolean): (options: NetConnectOpts) => Socket {
  let isUsed = false;
  return (options) => {
    if (isUsed) return new Socket().destroy(new Error("this connection's one dial is used up"));
    isUsed = true;
    const { host = "localhost", port } = options as TcpNetConnectOpts;
    // An empty name: TLS must not send an IP address as its server name.
    return isSecure
      ? connectTls({ host, port, servername: isIP(host) ? "" : host })
      : connectPlain({ host, port });
  };
}
