import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendChat } from "../chat/send-chat.ts";
import * as act from "../world/operations.ts";
import { type Message, openRig, type Rig } from "./eventsub-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const kind = (message: Message) => message.metadata.message_type;

describe("notifications", () => {
  it("go to whoever subscribed, in the documented envelope", async () => {
    const { client, id, subscriptionId } = await rig.listen();
    rig.goLive("den");
    rig.goLive("home");
    const message = await client.next();
    const stamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(message).toEqual({
      metadata: {
        message_id: expect.any(String),
        message_type: "notification",
        message_timestamp: stamp,
        subscription_type: "stream.online",
        subscription_version: "1",
      },
      payload: {
        subscription: {
          id: subscriptionId,
          status: "enabled",
          type: "stream.online",
          version: "1",
          condition: rig.about("home"),
          created_at: stamp,
          cost: 1,
          transport: { method: "websocket", session_id: id },
        },
        event: expect.objectContaining({ type: "live", broadcaster_user_login: "home" }),
      },
    });
  });

  it("stop when the subscription is deleted", async () => {
    const { client, id, subscriptionId } = await rig.listen();
    await rig.subscribe(id, "stream.offline", rig.about("home"));
    expect((await rig.call("DELETE", `/eventsub/subscriptions?id=${subscriptionId}`, rig.bot)).status).toBe(
      204,
    );
    rig.goLive("home");
    rig.goOffline("home");
    expect((await client.next()).metadata.subscription_type).toBe("stream.offline");
  });

  it("bring chat to whoever reads it", async () => {
    const client = rig.dial();
    const { id } = await client.welcome();
    await rig.subscribe(id, "channel.chat.message", { ...rig.about("home"), user_id: rig.id("bot") });
    const said = { channel: rig.world.getChannel("home"), sender: rig.world.getUser("ann"), text: "hello" };
    sendChat(rig.world, { ...said, via: "irc", hasAppToken: false });
    expect((await client.next()).payload.event).toMatchObject({
      chatter_user_login: "ann",
      message: { text: "hello" },
    });
  });

  it("can be of a type nothing in the world happens for", async () => {
    const client = rig.dial();
    const { id } = await client.welcome();
    const token = rig.userToken("home", ["channel:read:polls"]);
    await rig.subscribe(id, "channel.poll.begin", rig.about("home"), { token });
    const event = { id: "poll", title: "Cats?" };
    expect(rig.door.emitRaw("channel.poll.begin", "1", rig.about("home"), event)).toEqual({
      is: "delivered",
      to: 1,
    });
    expect(rig.door.emitRaw("channel.poll.begin", "1", rig.about("den"), event)).toEqual({
      is: "delivered",
      to: 0,
    });
    expect(rig.door.emitRaw("channel.pole.begin", "1", rig.about("home"), event).is).toBe("unknown-type");
    expect((await client.next()).payload.event).toEqual(event);
  });
});

describe("revocation", () => {
  it("comes with its reason and ends the subscription", async () => {
    const { client, subscriptionId } = await rig.listen();
    rig.faults.apply({ do: "revoke-subscription", subscriptionId, status: "version_removed" });
    rig.faults.apply({ do: "revoke-subscription", subscriptionId, status: "no such status" });
    rig.goLive("home");
    rig.clock.advance(10_000);
    const message = await client.next();
    expect(kind(message)).toBe("revocation");
    expect(message.metadata.subscription_type).toBe("stream.online");
    expect(message.payload).toEqual({
      subscription: expect.objectContaining({ id: subscriptionId, status: "version_removed" }),
    });
    expect(kind(await client.next())).toBe("session_keepalive");
  });

  const chat = (login: string) => ({ ...rig.about(login), user_id: rig.id("bot") });
  it("follows a ban, but no timeout, of the reader", async () => {
    const client = rig.dial();
    const { id } = await client.welcome();
    await rig.subscribe(id, "channel.chat.message", chat("den"));
    const den = rig.world.getChannel("den");
    const bot = rig.world.getUser("bot");
    act.ban(rig.world, den, bot, { by: den.owner, reason: "", forSeconds: 60 });
    act.ban(rig.world, den, bot, { by: den.owner, reason: "", forSeconds: undefined });
    expect((await client.next()).payload.subscription.status).toBe("chat_user_banned");
    expect((await rig.subscribe(id, "channel.chat.message", chat("den"))).status).toBe(403);
  });

  it("follows the loss of the moderator's role", async () => {
    const client = rig.dial();
    const { id } = await client.welcome();
    await rig.subscribe(
      id,
      "channel.follow",
      { ...rig.about("home"), moderator_user_id: rig.id("bot") },
      { version: "2" },
    );
    act.removeModerator(rig.world, rig.world.getChannel("home"), rig.world.getUser("bot"));
    expect((await client.next()).payload.subscription.status).toBe("moderator_removed");
  });

  it("follows the withdrawal of consent", async () => {
    const { client } = await rig.listen();
    act.revokeAuthorization(rig.world, "app", rig.world.getUser("home"));
    act.revokeAuthorization(rig.world, "app", rig.world.getUser("bot"));
    expect((await client.next()).payload.subscription.status).toBe("authorization_revoked");
  });
});
