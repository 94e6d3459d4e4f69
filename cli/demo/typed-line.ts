/** What somebody types into the demo: `#channel viewer: text`. Pure. */
export type TypedLine =
  | { readonly is: "chat"; readonly channel: string; readonly user: string; readonly text: string }
  | { readonly is: "empty" }
  | { readonly is: "unclear"; readonly because: string };

export function parseTypedLine(
  typed: string,
  demo: { readonly channels: readonly string[]; readonly botLogin: string },
): TypedLine {
  const line = typed.trim();
  if (line === "") return { is: "empty" };
  const example = `#${demo.channels[0]} carol: !ping`;
  const found = /^#(\S+)\s+([^\s:]+)\s*:\s*(.*)$/.exec(line);
  if (!found) return { is: "unclear", because: `write #channel viewer: text, such as ${example}` };
  const [, channel = "", user = "", text = ""] = found.map((part) => part.trim());
  const login = user.replace(/^@/, "").toLowerCase();
  if (!demo.channels.includes(channel.toLowerCase())) {
    return {
      is: "unclear",
      because: `there is no #${channel}; there are ${demo.channels.map((one) => `#${one}`).join(" and ")}`,
    };
  }
  if (!/^\w{1,25}$/.test(login)) {
    return { is: "unclear", because: `"${user}" can't be a Twitch name: 1 to 25 letters, digits and _` };
  }
  if (login === demo.botLogin)
    return { is: "unclear", because: `${user} is the bot itself; take another name` };
  if (text === "") return { is: "unclear", because: `what does ${user} say? ${example}` };
  return { is: "chat", channel: channel.toLowerCase(), user: login, text };
}
