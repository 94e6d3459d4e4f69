/** A small MusicBrainz: real tracks, so that what a test asks for is what a person would. */
export interface SimRecording {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  /** "2000-11-13", "2000", or none. */
  readonly firstReleased: string;
  readonly lengthMs: number;
  readonly releases: readonly string[];
  readonly tags: readonly string[];
}

const track = (
  number: number,
  title: string,
  artist: string,
  firstReleased: string,
  releases: readonly string[],
  tags: readonly string[],
): SimRecording => ({
  id: `5e0b1f2a-0000-4000-8000-${String(number).padStart(12, "0")}`,
  title,
  artist,
  firstReleased,
  lengthMs: 180_000 + number * 1_000,
  releases,
  tags,
});

export const simRecordings: readonly SimRecording[] = [
  track(
    1,
    "One More Time",
    "Daft Punk",
    "2000-11-13",
    ["One More Time", "Discovery", "Musique Vol. 1"],
    ["house", "electronic"],
  ),
  track(2, "One More Time", "Daft Punk", "2007-11-19", ["Alive 2007"], ["house", "electronic"]),
  track(3, "One More Time", "The Cure", "1987-05-25", ["Kiss Me, Kiss Me, Kiss Me"], ["rock"]),
  track(4, "One More Time", "Joe Jackson", "1979", ["Look Sharp!"], ["new wave"]),
  track(
    5,
    "...Baby One More Time",
    "Britney Spears",
    "1998-09-29",
    ["...Baby One More Time", "Greatest Hits"],
    ["pop"],
  ),
  track(
    6,
    "Around the World",
    "Daft Punk",
    "1997-01-20",
    ["Homework", "Around the World"],
    ["house", "electronic"],
  ),
  track(7, "Around the World", "Red Hot Chili Peppers", "1999-06-08", ["Californication"], ["rock"]),
  track(8, "Megalovania", "Toby Fox", "2015-09-15", ["UNDERTALE Soundtrack"], ["chiptune", "electronic"]),
  track(9, "Still Alive", "Ellen McLain", "2007-10-10", ["The Orange Box"], ["pop"]),
  track(
    10,
    "Still Alive",
    "Lisa Miskovsky",
    "2008-11-10",
    ["Still Alive: The Theme from Mirror's Edge"],
    ["pop"],
  ),
  track(11, "Clair de lune", "Claude Debussy", "", ["Suite bergamasque"], ["classical"]),
  track(12, "Djadja", "Aya Nakamura", "2018-04-06", ["NAKAMURA"], ["pop"]),
];
