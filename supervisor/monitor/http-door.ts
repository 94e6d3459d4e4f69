/**
 * The monitor's HTTP door: a few pages to read, nothing to order. Loaded only when the monitor's port is on.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Millis } from "../../shared/clock.ts";

export interface Page {
  readonly status: 200 | 503;
  readonly contentType: string;
  readonly body: string;
}

export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>;

export interface HttpDoor {
  readonly port: number;
  close(): Promise<void>;
}

/** A Prometheus or two, a health check, somebody with a browser. */
const CONNECTIONS_MAX = 16;
const HEADER_BYTES_MAX = 8_192;
const REQUEST_WITHIN_MS: Millis = 5_000;
const TEXT = "text/plain; charset=utf-8";

/** Rejects with the system's error when the port cannot be had. */
export async function openHttpDoor(using: {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly pages: Pages;
  readonly onError: (problem: unknown) => void;
}): Promise<HttpDoor> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: REQUEST_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: REQUEST_WITHIN_MS,
    },
    (request, response) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      void answer(request.method, path, response, using);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, using.host, using.port);
  server.on("error", using.onError);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function answer(
  method: string | undefined,
  path: string,
  response: ServerResponse,
  { pages, onError }: Pick<Parameters<typeof openHttpDoor>[0], "pages" | "onError">,
): Promise<void> {
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (method !== "GET") return say(response, 405, TEXT, "only GET\n", { allow: "GET" });
  if (!page) return say(response, 404, TEXT, `there is: ${Object.keys(pages).join(", ")}\n`);
  try {
    const { status, contentType, body } = await page();
    say(response, status, contentType, body);
  } catch (problem) {
    onError(problem);
    say(response, 500, TEXT, "this page could not be made; the supervisor's log says why\n");
  }
}

function say(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...headers,
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
