/**
 * A variant that finds its option by name. valibot's own tries them one after the other, and words a refusal for each
 * that it is not: of an event with thirty names that is most of what checking it costs. The verdict is the same.
 */
import * as v from "valibot";

type Options<Key extends string> = readonly v.ObjectSchema<
  Readonly<Record<Key, v.LiteralSchema<string, undefined>>> & v.ObjectEntries,
  undefined
>[];

export function quickVariant<const Key extends string, const All extends Options<Key>>(
  key: Key,
  options: All,
): v.VariantSchema<Key, All, undefined> {
  const schema = v.variant(key, options);
  const byName = new Map<unknown, All[number]>(
    options.map((option) => [option.entries[key].literal, option]),
  );
  if (byName.size < options.length) throw new Error(`two options have the same ${key}`);
  const tryAll = schema["~run"].bind(schema);
  return Object.assign(schema, {
    "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
      const input: unknown = dataset.value;
      const option =
        typeof input === "object" && input !== null && key in input
          ? byName.get(Reflect.get(input, key))
          : undefined;
      // What has no name of ours is refused in valibot's words.
      return option ? option["~run"]({ value: input }, config) : tryAll(dataset, config);
    },
  }) as v.VariantSchema<Key, All, undefined>;
}
