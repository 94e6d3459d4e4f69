/**
 * What a key's schema says of itself beside `v.description("…")`, for the sample, docs/configuration.md and
 * `config show`. Every key of every section carries a description; the rest only where it is needed.
 */
import * as v from "valibot";

export interface KeyNotes {
  /** Stands in the sample in the place of the default. */
  readonly sample?: unknown;
  /** The sample shows it switched on, although it may be left out. */
  readonly isShown?: true;
  /** Never printed, and never quoted in a problem. */
  readonly isSecret?: true;
  /** For a record: the key under which the sample shows an entry. */
  readonly sampleKey?: string;
  /** For a list whose entries may be written in two ways: the schema of the long one. */
  readonly entry?: v.GenericSchema;
}

export const notes = <T>(is: KeyNotes) => v.metadata<T, { readonly kissbot: KeyNotes }>({ kissbot: is });
