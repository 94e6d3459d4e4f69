/** The answering side of a control conversation: whoever holds the house key may ask, nobody else. */
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Logger } from "../log.ts";
import { OperatorHello } from "./control-words.ts";
import { type HouseKey, isCredential, OPERATOR } from "./house-key.ts";
import { HOUSE_PULSE, type Link, openLink } from "./link.ts";
import type { Wire } from "./wire.ts";

export function talkWithOperator<Request extends { readonly kind: string }, Answer extends object>(
  wire: Wire,
  requests: v.GenericSchema<unknown, Request>,
  using: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly houseKey: HouseKey;
    readonly onRequest: (request: Request, link: Link<Answer>) => void;
  },
): void {
  let isOperator = false;
  openLink<OperatorHello | Request, Answer>(wire, v.union([OperatorHello, requests]), {
    clock: using.clock,
    log: using.log,
    pulse: HOUSE_PULSE,
    onMessage(message, link) {
      if (!isHello(message)) {
        if (isOperator) using.onRequest(message, link);
        else link.close("say hello first");
        return;
      }
      isOperator = isCredential(using.houseKey, OPERATOR, message.credential);
      if (!isOperator) link.close("wrong credential");
    },
  });
}

const isHello = (message: { readonly kind: string }): message is OperatorHello => message.kind === "hello";
