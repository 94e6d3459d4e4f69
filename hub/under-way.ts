/** What was sent to one worker and is not acknowledged. */

/** So many events may be under way to one worker; the next waits for an acknowledgement. Keeps every socket far below its limit. */
export const UNDER_WAY_MAX = 256;
export const UNDER_WAY_CHARS_MAX = 256 * 1024;

export interface UnderWay {
  hasRoom(): boolean;
  /** Numbers rise. */
  add(seq: number, chars: number): void;
  removeUpTo(seq: number): void;
  clear(): void;
}

export function makeUnderWay(): UnderWay {
  /** Side by side, so that an event costs no object; those before `head` were removed. */
  let seqs: number[] = [];
  let sizes: number[] = [];
  let head = 0;
  let chars = 0;
  const clear = () => {
    seqs = [];
    sizes = [];
    head = 0;
    chars = 0;
  };
  return {
    hasRoom: () => seqs.length - head < UNDER_WAY_MAX && chars < UNDER_WAY_CHARS_MAX,
    add(seq, size) {
      seqs.push(seq);
      sizes.push(size);
      chars += size;
    },
    removeUpTo(seq) {
      for (; head < seqs.length && (seqs[head] ?? 0) <= seq; head += 1) chars -= sizes[head] ?? 0;
      if (head === seqs.length) return clear();
      if (head < UNDER_WAY_MAX) return;
      seqs = seqs.slice(head);
      sizes = sizes.slice(head);
      head = 0;
    },
    clear,
  };
}
