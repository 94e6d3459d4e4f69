/** Pure: the chat server's URL → the two options by which ChatClient can be pointed at it. */
export interface ChatAddress {
  readonly hostName: string;
  readonly ssl: boolean;
}

/**
 * ChatClient knows no port: it appends `:80` or `:443` to the host. Whatever stands behind the host is kept in front
 * of that, so another port goes in as `host:port/path` and the server is asked for `/path:80`.
 */
export function toChatAddress(url: string): ChatAddress {
  const { hostname, port, pathname, protocol } = new URL(url);
  const path = pathname.replace(/\/+$/, "");
  if (port === "" && path === "") return { hostName: hostname, ssl: protocol === "wss:" };
  const host = port === "" ? hostname : `${hostname}:${port}`;
  return { hostName: `${host}${path || "/"}`, ssl: protocol === "wss:" };
}
