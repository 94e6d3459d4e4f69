/** Carries out what an operator orders: writes the wish down first, then lets the crew become what is wished. */
import type { ChannelBook } from "../db/channels.ts";
import type { ServiceBook } from "../db/house-services.ts";
import { toError } from "../shared/errors.ts";
import { type ServiceName, serviceChildId } from "../shared/house-services.ts";
import { channelOfWorker, hubChildId, type Login, workerChildId } from "../shared/ids.ts";
import type { ChannelWish, SupervisorOrder } from "../shared/ipc/control.ts";
import type { Logger } from "../shared/log.ts";
import type { Crew, Reshaped } from "./crew.ts";
import type { Reloaded } from "./live-config.ts";

export type Executed =
  | { readonly is: "done"; readonly lines: readonly string[]; readonly pid?: number | undefined }
  | { readonly is: "refused"; readonly because: string };

/** `status`, `stop` and `list-channels` are answered by the front desk itself. */
export type ExecutableOrder = Exclude<SupervisorOrder, { do: "status" | "stop" | "list-channels" }>;

export function makeOrders(using: {
  readonly book: ChannelBook;
  readonly services: ServiceBook;
  /** Why a service can't be started, in a sentence that says what to do. */
  readonly findMissing: (service: ServiceName) => string | undefined;
  readonly crew: Crew;
  /** The configuration anew, and what of the house itself became other by it; a sentence when it can't be used. */
  readonly reload: () => Promise<Reloaded>;
  /** Looks at what channels have of their own; what of the house itself became other by it. */
  readonly lookAtSettings: () => readonly string[];
  /** Lets the crew become what the book and the configuration say. */
  readonly reshape: () => Reshaped;
  readonly log: Logger;
}): (order: ExecutableOrder) => Promise<Executed> {
  const { book, crew, reshape } = using;
  const done = (lines: readonly string[], pid?: number): Executed => ({ is: "done", lines, pid });
  const refuse = (because: string): Executed => ({ is: "refused", because });

  const find = (channel: Login) => book.all().find((wish) => wish.channel === channel);
  const unknown = (channel: Login) => {
    const names = book.all().map((wish) => wish.channel);
    const there = names.length === 0 ? "there are none yet" : `there are ${names.join(", ")}`;
    return refuse(`there is no channel ${channel}; ${there}`);
  };
  const ofKnown = (channel: Login, carryOut: (wish: ChannelWish) => Promise<Executed>) => {
    const wish = find(channel);
    return wish ? carryOut(wish) : Promise.resolve(unknown(channel));
  };
  const endOf = async (channel: Login, line: string) => {
    reshape();
    await crew.gone(workerChildId(channel));
    return done([line]);
  };
  const workers = () =>
    crew
      .members()
      .flatMap(({ child }) => (channelOfWorker(child.spec.id) === undefined ? [] : [child.spec.id]));

  const restartChannel = async (wish: ChannelWish): Promise<Executed> => {
    if (!wish.isEnabled) return refuse(`${wish.channel} is disabled: channels enable ${wish.channel}`);
    if (wish.isStopped) return refuse(`${wish.channel} was stopped: start-channel ${wish.channel}`);
    const pid = await crew.restart(workerChildId(wish.channel));
    return pid === undefined
      ? refuse(`${wish.channel} has no place in the house`)
      : done([`${wish.channel} restarts`], pid);
  };
  const setAllStopped = async (isStopped: boolean): Promise<Executed> => {
    const before = workers();
    for (const { channel } of book.all()) book.setStopped(channel, isStopped);
    const { added } = reshape();
    if (!isStopped) return done([`${added.length} channels are being started`]);
    await Promise.all(before.map((id) => crew.gone(id)));
    return done([`${before.length} channels stopped; they stay stopped until they are started again`]);
  };
  const reload = async (): Promise<Executed> => {
    const read = await using.reload();
    if (read.is === "wrong") return refuse(read.because);
    const lines = [...describeReshaped(reshape()), ...read.lines];
    return done(lines.length === 0 ? ["nothing has changed"] : lines);
  };

  const startService = async (service: ServiceName): Promise<Executed> => {
    const missing = using.findMissing(service);
    if (missing !== undefined) return refuse(missing);
    const isNew = !using.services.wanted().includes(service);
    using.services.setWanted(service, true);
    reshape();
    return done([
      isNew ? `${service} starts; it stays started until it is stopped` : `${service} runs already`,
    ]);
  };
  const stopService = async (service: ServiceName): Promise<Executed> => {
    using.services.setWanted(service, false);
    reshape();
    await crew.gone(serviceChildId(service));
    return done([`${service} is stopped; it stays stopped until it is started again`]);
  };

  const carryOut = async (order: ExecutableOrder): Promise<Executed> => {
    switch (order.do) {
      case "start-channel":
        return ofKnown(order.channel, async (wish) => {
          if (!wish.isEnabled) return refuse(`${wish.channel} is disabled: channels enable ${wish.channel}`);
          if (!wish.isStopped) return done([`${wish.channel} was not stopped`]);
          book.setStopped(wish.channel, false);
          reshape();
          return done([`${wish.channel} starts`]);
        });
      case "stop-channel":
        return ofKnown(order.channel, async ({ channel }) => {
          book.setStopped(channel, true);
          return endOf(channel, `${channel} stopped; it stays stopped until it is started again`);
        });
      case "restart-channel":
        return ofKnown(order.channel, restartChannel);
      case "enable-channel":
        return ofKnown(order.channel, async ({ channel }) => {
          book.setEnabled(channel, true);
          reshape();
          return done([`${channel} is enabled`]);
        });
      case "disable-channel":
        return ofKnown(order.channel, async ({ channel }) => {
          book.setEnabled(channel, false);
          return endOf(channel, `${channel} is disabled`);
        });
      case "add-channel":
        book.add(order.channel);
        reshape();
        return done([`${order.channel} is added`]);
      case "remove-channel":
        return ofKnown(order.channel, async ({ channel, origin }) => {
          if (origin === "config")
            return refuse(`${channel} is named in config.yaml: remove it there and reload, or disable it`);
          book.remove(channel);
          return endOf(channel, `${channel} is removed`);
        });
      case "start-all":
        return setAllStopped(false);
      case "stop-all":
        return setAllStopped(true);
      case "restart-all": {
        const all = workers();
        crew.restartInTurn(all);
        return done([`${all.length} channels restart, a few at a time`]);
      }
      case "restart-hub": {
        const pid = await crew.restart(hubChildId);
        return done(["the hub restarts"], pid);
      }
      case "start-service":
        return startService(order.service);
      case "stop-service":
        return stopService(order.service);
      case "reload":
        return reload();
      case "apply-settings": {
        const lines = using.lookAtSettings();
        const all = [...describeReshaped(reshape()), ...lines];
        return done(all.length === 0 ? ["nothing has changed"] : all);
      }
    }
  };

  return async (order) => {
    using.log.info({ order }, "an operator orders");
    try {
      return await carryOut(order);
    } catch (problem) {
      // As a rule a full disk under the database: whoever ordered hears why, and everything else goes on.
      using.log.error({ order, err: toError(problem) }, "an order could not be carried out");
      return refuse(`it could not be carried out: ${toError(problem).message}`);
    }
  };
}

export function describeReshaped({ added, removed, changed, told }: Reshaped): readonly string[] {
  return [
    ...added.map((id) => `+ ${id} starts`),
    ...removed.map((id) => `- ${id} stops`),
    ...changed.map((id) => `~ ${id} has other settings and restarts`),
    ...told.map((id) => `~ ${id} has other settings and takes them over`),
  ];
}
