/** docs/configuration.md, written from the schema. Pure. */
import { stringify } from "yaml";
import { ANY_KEY, type KeyNode } from "../../shared/config/key-tree.ts";

const HEAD = `# Configuration

Do not edit: \`npx vitest run --project rules -u tests/rules/config-sample\` writes this page and
\`config/config.sample.yaml\` from the schema in \`shared/config/\`.

One schema for four places. Later ones win, key by key:

1. the defaults below,
2. \`config/config.yaml\`,
3. \`config/modules/<name>.yaml\`: a module's settings in a file of its own. A module may stand in one of the two places,
   not in both,
4. the environment: \`KISSBOT_\` and the key's path in capitals, with \`__\` for each dot: \`KISSBOT_TWITCH__CLIENT_ID\`.
   Values are read as YAML, except where text is expected,
5. for one channel: what stands beside its name under \`twitch.channels\`, and above that what was changed for it by
   \`./kissbot.sh settings set\` or by a moderator in chat (\`!set\`, \`!undo\`). That is in the database, with its history.

\`./kissbot.sh config check\` names every mistake with its line and ends with 78 when there is one.
\`./kissbot.sh config show [--channel NAME]\` says of every value where it comes from. \`./kissbot.sh reload\` applies
what has changed. A key that does not exist is refused, with the one that was probably meant.

Keys in \`*\` are named by you. 💬: moderators may change it in chat. 📺: may be different for a channel.
`;

/** Which keys a channel may have of its own, by their path for a channel: "log.chat". */
export interface ChannelKeys {
  isPerChannel(path: readonly string[]): boolean;
  isForChat(path: readonly string[]): boolean;
}

export function renderReference(
  root: KeyNode,
  modules: readonly KeyNode[],
  channelKeys: ChannelKeys,
): string {
  const sections = root.children.map((node) => [
    `## ${node.key}`,
    "",
    ...(node.description === "" ? [] : [node.description, ""]),
    ...toTable(node.key === "modules" ? modules : (node.entry ?? node).children, channelKeys),
  ]);
  return `${[HEAD, ...sections.map((lines) => lines.join("\n"))].join("\n")}\n`;
}

function toTable(nodes: readonly KeyNode[], keys: ChannelKeys): readonly string[] {
  const rows = nodes.flatMap((node) => toRows(node, keys));
  if (rows.length === 0) return [];
  return ["| key | what | expected | default |", "|---|---|---|---|", ...rows, ""];
}

function toRows(node: KeyNode, keys: ChannelKeys): readonly string[] {
  const isLeaf = node.children.length === 0;
  const cells = [
    `\`${node.path.join(".")}\`${toMarks(node, keys)}`,
    node.description,
    isLeaf ? node.expects : "",
    isLeaf ? toDefault(node) : "",
  ];
  const own = `| ${cells.map(toCell).join(" | ")} |`;
  const below = [...node.children, ...(node.entry ? entryKeys(node.entry) : [])];
  const isBare = !isLeaf && node.description === "";
  return [...(isBare ? [] : [own]), ...below.flatMap((child) => toRows(child, keys))];
}

/** Entries of one kind of value have nothing to say beyond their list. */
const entryKeys = (entry: KeyNode): readonly KeyNode[] => (entry.children.length > 0 ? entry.children : []);

const toMarks = ({ path, children }: KeyNode, keys: ChannelKeys): string => {
  if (children.length > 0 || path.includes(ANY_KEY)) return "";
  return `${keys.isForChat(path) ? " 💬" : ""}${keys.isPerChannel(path) ? " 📺" : ""}`;
};

function toDefault({ isOptional, byDefault, notes }: KeyNode): string {
  if (!isOptional) return "must be given";
  if (byDefault === undefined) return notes.isSecret ? "none" : "";
  return `\`${stringify(byDefault, { lineWidth: 0, collectionStyle: "flow" }).trimEnd()}\``;
}

const toCell = (text: string) => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
