import * as v from "valibot";

export const Prefix = v.pipe(v.string(), v.regex(/^[!?$%&+~.-]{1,3}$/, "one to three of ! ? $ % & + ~ . -"));

export const Commands = v.pipe(
  v.strictObject({
    prefix: v.optional(
      v.pipe(Prefix, v.description("What a command begins with: one to three of ! ? $ % & + ~ . -")),
      "!",
    ),
  }),
  v.description("What viewers type."),
);
