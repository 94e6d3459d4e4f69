import * as v from "valibot";

export const Monitor = v.pipe(
  v.strictObject({
    port: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(0),
        v.maxValue(65_535, "a port: 0 to 65535, 0 for none"),
        v.description("0 for none."),
      ),
      9_464,
    ),
    host: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[0-9A-Za-z.:-]+$/, "an address to listen at"),
        v.description(
          "Nobody is asked for a password here, and the pages name every channel: another address shows them to others.",
        ),
      ),
      "127.0.0.1",
    ),
  }),
  v.description(
    "Metrics for Prometheus at /metrics, and /health, /readyz and /livez for whoever watches over the house.",
  ),
);
