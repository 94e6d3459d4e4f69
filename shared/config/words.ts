/** What several sections say in the same way. */
import * as v from "valibot";

export const url = (...protocols: string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `a URL that starts with ${protocols.map((one) => `${one}//`).join(" or ")}`,
    ),
  );

export const secret = v.pipe(
  v.string(),
  v.nonEmpty("not empty"),
  v.regex(/^\S+$/, "one word without spaces"),
);

export const Days = (min: 0 | 1) =>
  v.pipe(v.number(), v.integer("whole days"), v.minValue(min, `${min} or more days`));

export const between = (min: number, max: number) =>
  v.pipe(v.number(), v.minValue(min, `at least ${min}`), v.maxValue(max, `at most ${max}`));
