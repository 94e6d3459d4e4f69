/**
 * One IRC connection. Its modes:
 * - `registering`: knows a PASS at most; answers CAP and PING, waits for NICK.
 * - `registered`: someone is logged in, as an account or anonymously; joins and talks. The token is not looked at
 *   again: one that runs out later leaves the connection alone, as on Twitch.
 * - `closed`: in no room, no timer runs, nothing is heard or said any more.
 */
import type { Report } from "../report.ts";
import type { Channel, User, World } from "../world/world.ts";
import { stepCapabilities } from "./capabilities.ts";
import { takeAuth, takeJoin } from "./chat-accounts.ts";
import { type Capability, type IrcLine, parseIrcLine, type ServerLine, toIrcText } from "./irc-line.ts";
import { type IrcRooms, type RoomMember, toPresentLogins } from "./irc-rooms.ts";
import { findChannel, judgeJoin } from "./join.ts";
import { judgeLogin, type LoginRefusal, type Who } from "./login.ts";
import { CHANNEL_UNKNOWN, NO_PERMISSION } from "./notices.ts";
import type { Outbox } from "./outbox.ts";
import { sayInChannel } from "./privmsg.ts";
import type { RoomMemory } from "./room-memory.ts";
import * as lines from "./server-lines.ts";

type Mode =
  | { readonly is: "registering"; readonly pass: string | undefined }
  | { readonly is: "registered"; readonly who: Who }
  | { readonly is: "closed" };

export interface SessionDeps {
  readonly id: number;
  readonly world: World;
  readonly rooms: IrcRooms;
  readonly memory: RoomMemory;
  readonly outbox: Outbox;
  readonly log: (line: string) => void;
  readonly report: Report;
  /** Real milliseconds: an answer takes as long as the network takes, also when simulated time flies. */
  readonly pongWithinMs: number;
}

/** Twitch: "about once every five minutes" (docs/irc/guide). */
export const PING_EVERY_MS = 300_000;

/** Understood by Twitch's server after login, without any effect (tmi-rate-limits). */
const IDLE_COMMANDS: readonly string[] = ["PASS", "USER", "MODE"];

export class IrcSession implements RoomMember {
  readonly connectedAt: number;
  readonly #deps: SessionDeps;
  #capabilities: ReadonlySet<Capability> = new Set();
  readonly #joined = new Set<Channel>();
  readonly #stopPings: () => void;
  #pongTimer: NodeJS.Timeout | undefined;
  #mode: Mode = { is: "registering", pass: undefined };
  #isSpeaking = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.connectedAt = deps.world.clock.now();
    this.#stopPings = deps.world.clock.every(PING_EVERY_MS, () => this.#ping());
  }

  get user(): User | undefined {
    const who = this.#mode.is === "registered" ? this.#mode.who : undefined;
    return who?.is === "account" ? who.user : undefined;
  }

  /** Undefined until someone is logged in. */
  get login(): string | undefined {
    return this.#mode.is === "registered" ? toLogin(this.#mode.who) : undefined;
  }

  get channels(): readonly string[] {
    return [...this.#joined].map((channel) => channel.owner.login);
  }

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  tell(line: ServerLine): void {
    this.#send(line);
  }

  /** A raw line from the client, without its line end. */
  hear(raw: string): void {
    const line = parseIrcLine(raw);
    if (!line || this.#mode.is === "closed") return;
    switch (line.command) {
      case "CAP":
        this.#hearCap(line.params);
        break;
      case "PING":
        this.tell(lines.toPong(line.params[0]));
        break;
      case "PONG":
        this.#stopWaitingForPong();
        break;
      case "QUIT":
        this.hangUp("client quit");
        break;
      default:
        if (this.#mode.is === "registering") this.#hearBeforeLogin(this.#mode, line);
        else this.#hearAfterLogin(this.#mode.who, line);
    }
  }

  /** Ends the connection from our side, after everything said before. */
  hangUp(because: string): void {
    if (this.#mode.is === "closed") return;
    this.#setClosed(because);
    this.#deps.outbox.finish();
  }

  /** The wire is gone. */
  lost(): void {
    this.#setClosed("connection lost");
    this.#deps.outbox.drop();
  }

  #send(line: ServerLine): boolean {
    if (this.#mode.is === "closed" || (line.needs && !this.#capabilities.has(line.needs))) return false;
    return this.#deps.outbox.send(toIrcText(line, { withTags: this.#capabilities.has("tags") }));
  }

  #report(kind: string, details: Readonly<Record<string, unknown>>): void {
    this.#deps.report(kind, { connection: this.#deps.id, ...details });
  }

  #setRegistered(who: Who): void {
    this.#mode = { is: "registered", who };
    this.#deps.log(`irc ${this.#deps.id}: registering → registered, ${toLogin(who)}`);
    this.#report("irc-logged-in", { user: toLogin(who) });
  }

  #setClosed(because: string): void {
    if (this.#mode.is === "closed") return;
    for (const channel of this.#joined) this.#deps.rooms.leave(this, channel);
    this.#joined.clear();
    this.#stopPings();
    this.#stopWaitingForPong();
    this.#deps.log(`irc ${this.#deps.id}: ${this.#mode.is} → closed, ${because}`);
    this.#report("irc-closed", { user: this.login ?? null, because });
    this.#mode = { is: "closed" };
  }

  #ping(): void {
    // A PING that was lost on the way cannot be answered, and one that is out is enough.
    if (this.#pongTimer || !this.#send(lines.PING)) return;
    this.#pongTimer = setTimeout(() => this.hangUp("ping unanswered"), this.#deps.pongWithinMs);
  }

  #stopWaitingForPong(): void {
    clearTimeout(this.#pongTimer);
    this.#pongTimer = undefined;
  }

  #hearCap(params: readonly string[]): void {
    const step = stepCapabilities(this.#capabilities, params);
    this.#capabilities = step.has;
    if (step.answer) this.tell(step.answer);
  }

  #hearBeforeLogin(mode: Extract<Mode, { is: "registering" }>, { command, params }: IrcLine): void {
    if (command === "PASS") this.#mode = { is: "registering", pass: params[0] ?? "" };
    if (command === "NICK") this.#logIn(mode.pass, params[0] ?? "");
    // Anything else comes too early, and is met with silence.
  }

  #logIn(pass: string | undefined, nick: string): void {
    const { world } = this.#deps;
    const outcome = judgeLogin(world, { pass, nick });
    if (outcome.is === "refused") {
      this.#refuseLogin(outcome.because);
    } else if (outcome.is === "account" && !takeAuth(world, outcome.user)) {
      this.#refuseLogin("Login unsuccessful");
    } else {
      this.#setRegistered(outcome);
      for (const line of lines.toWelcome(toLogin(outcome))) this.tell(line);
      if (outcome.is === "account") this.tell(lines.toGlobalUserState(outcome.user));
    }
  }

  #refuseLogin(because: LoginRefusal): void {
    this.tell(lines.toLoginNotice(because));
    this.hangUp(because);
  }

  #hearAfterLogin(who: Who, line: IrcLine): void {
    switch (line.command) {
      case "JOIN":
        this.#join(who, line.params[0] ?? "");
        break;
      case "PART":
        this.#part(who, line.params[0] ?? "");
        break;
      case "PRIVMSG":
        this.#say(who, line);
        break;
      case "NICK":
        this.hangUp("NICK after login");
        break;
      default:
        if (!IDLE_COMMANDS.includes(line.command))
          this.tell(lines.toUnknownCommand(toLogin(who), line.command));
    }
  }

  #join(who: Who, names: string): void {
    const { world, rooms } = this.#deps;
    for (const name of names.split(",").filter((one) => one.startsWith("#"))) {
      if (who.is === "account" && !takeJoin(world, who.user)) {
        this.hangUp("too many joins");
        return;
      }
      const channel = findChannel(world, name);
      if (channel && this.#joined.has(channel)) continue;
      const joined = who.is === "account" ? rooms.channelsOf(who.user) : [];
      const refusal = channel ? judgeJoin(who, channel, joined) : CHANNEL_UNKNOWN;
      if (refusal) this.tell(lines.toNotice(name.toLowerCase(), refusal));
      else if (channel) this.#enter(who, channel);
    }
  }

  #enter(who: Who, channel: Channel): void {
    const { rooms, memory, world } = this.#deps;
    const login = toLogin(who);
    memory.watch(channel);
    this.#joined.add(channel);
    rooms.enter(this, channel);
    this.tell(lines.toPresence("JOIN", login, channel));
    const others = this.#capabilities.has("membership") ? toPresentLogins(world, channel) : [];
    for (const line of lines.toNames(login, channel, [...new Set([login, ...others])])) this.tell(line);
    if (who.is === "account") this.tell(lines.toUserState(channel, who.user));
    this.tell(lines.toRoomState(channel));
    this.#report("irc-joined", { user: login, channel: channel.owner.login });
  }

  #part(who: Who, names: string): void {
    for (const name of names.split(",")) {
      const channel = findChannel(this.#deps.world, name);
      if (!channel || !this.#joined.delete(channel)) continue;
      this.#deps.rooms.leave(this, channel);
      this.tell(lines.toPresence("PART", toLogin(who), channel));
      this.#report("irc-parted", { user: toLogin(who), channel: channel.owner.login });
    }
  }

  #say(who: Who, line: IrcLine): void {
    const name = line.params[0]?.toLowerCase() ?? "";
    // Whispers went to Helix, and the anonymous are not heard: no answer to either.
    if (who.is === "anonymous" || !name.startsWith("#")) return;
    const channel = findChannel(this.#deps.world, name);
    if (!who.canSend || !channel) {
      this.tell(lines.toNotice(name, who.canSend ? CHANNEL_UNKNOWN : NO_PERMISSION));
      return;
    }
    const said = this.#speak(() => sayInChannel(this.#deps.world, channel, who.user, line));
    if (said.is === "hang-up") this.hangUp("/disconnect");
    else for (const answer of said.lines) this.tell(answer);
  }

  #speak<Result>(act: () => Result): Result {
    this.#isSpeaking = true;
    try {
      return act();
    } finally {
      this.#isSpeaking = false;
    }
  }
}

const toLogin = (who: Who) => (who.is === "account" ? who.user.login : who.login);
