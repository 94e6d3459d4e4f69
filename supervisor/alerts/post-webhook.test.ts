import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { postWebhook } from "./post-webhook.ts";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
});

async function listen(status: number, headers: Record<string, string> = {}) {
  const heard: string[] = [];
  const opened = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      heard.push(`${request.method} ${request.url} ${text}`);
      response.writeHead(status, headers).end("x".repeat(100_000));
    });
  });
  server = opened;
  await new Promise<void>((resolve) => void opened.listen(0, "127.0.0.1", resolve));
  const address = opened.address();
  return { port: typeof address === "object" && address ? address.port : 0, heard };
}

test("posts JSON, and is content with any 2xx", async () => {
  const at = await listen(204);
  const posted = await postWebhook(
    { url: `http://127.0.0.1:${at.port}/h?k=1`, mayBePrivate: true },
    { text: "é" },
  );
  expect(posted).toEqual({ is: "taken" });
  expect(at.heard).toEqual(['POST /h?k=1 {"text":"é"}']);
});

test.each([301, 404, 500])("%d is no yes, and nobody is followed elsewhere", async (status) => {
  const at = await listen(status, { location: "/other" });
  const posted = await postWebhook(
    { url: `http://127.0.0.1:${at.port}/h`, mayBePrivate: true },
    { text: "" },
  );
  expect(posted).toEqual({ is: "failed", problem: `it answered ${status}` });
  expect(at.heard).toHaveLength(1);
});

test.each([
  "https://127.0.0.1:1/h",
  "https://[::1]:1/h",
  "https://10.0.0.7/h",
  "https://169.254.169.254/latest",
  "https://localhost:1/h",
  "https://2130706433/h",
  "https://0x7f.1/h",
])("%s is refused before anything is sent", async (url) => {
  const posted = await postWebhook({ url, mayBePrivate: false }, { text: "" });
  expect(posted).toMatchObject({ is: "failed", problem: expect.stringContaining("private address") });
});

test("plain http is for private networks that were allowed", async () => {
  const posted = await postWebhook({ url: "http://example.org/planted", mayBePrivate: false }, { text: "" });
  expect(posted).toMatchObject({ is: "failed", problem: expect.stringContaining("not https") });
});

test("nothing of the address is said when nobody is there", async () => {
  const at = await listen(200);
  server?.close();
  server = undefined;
  const url = `http://127.0.0.1:${at.port}/planted-secret`;
  const posted = await postWebhook({ url, mayBePrivate: true }, { text: "" });
  expect(posted).toEqual({ is: "failed", problem: "it could not be reached (ECONNREFUSED)" });
});
