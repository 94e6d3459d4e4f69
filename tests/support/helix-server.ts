/** Helix in a few lines on a real port: answers as a test says and keeps what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface HelixReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of an answer the connection is cut, after the request was read. */
  readonly isCut?: boolean;
}
export interface HelixAsked {
  /** "GET /eventsub/conduits?x=1" */
  readonly line: string;
  readonly token: string | undefined;
  readonly clientId: string | undefined;
  readonly body: unknown;
}

export async function openHelixServer() {
  const asked: HelixAsked[] = [];
  let reply: (asked: HelixAsked) => HelixReply = () => ({ status: 200, body: {} });
  const read = async (request: IncomingMessage): Promise<HelixAsked> => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    return {
      line: `${request.method} ${request.url}`,
      token: request.headers.authorization,
      clientId: String(request.headers["client-id"]),
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      asked.push(one);
      const { status, body, headers = {}, isCut } = reply(one);
      if (isCut) return void request.socket.destroy();
      response.writeHead(status, headers);
      response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(next: (asked: HelixAsked) => HelixReply) {
      reply = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
