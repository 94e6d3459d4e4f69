/** Viewers' words as a query in MusicBrainz's language (Lucene's). Pure: nothing a viewer types is an operator there. */

const SPECIAL = /[+\-&|!(){}[\]^"~*?:\\/<>=]/g;

/** In lower case AND, OR, NOT and TO are words as others are. */
export const escapeLucene = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/\p{C}+/gu, " ")
    .replace(SPECIAL, "\\$&")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();

const TITLE_BY_ARTIST = /^(.+?)\s+[-–—]\s+(.+)$/u;

/** `one more time - daft punk` names the artist; without a dash the words may be of either. */
export function toRecordingQuery(query: string): string {
  const [, title, artist] = TITLE_BY_ARTIST.exec(query.trim()) ?? [];
  if (title !== undefined && artist !== undefined)
    return `recording:"${escapeLucene(title)}" AND artist:(${escapeLucene(artist)})`;
  const words = escapeLucene(query);
  return `recording:"${words}"^4 OR recording:(${words})^2 OR artist:(${words})`;
}
