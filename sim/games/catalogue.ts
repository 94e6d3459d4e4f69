/** A small shop of games: facts that Steam, RAWG and IGDB tell alike, so that what a test asks for is what a person would. */
export interface SimGame {
  readonly igdbId: number;
  /** undefined: not sold on Steam. */
  readonly steamId: number | undefined;
  readonly rawgId: number;
  readonly name: string;
  readonly released: string;
  readonly developer: string;
  readonly publisher: string;
  readonly platforms: readonly string[];
  readonly genre: string;
  readonly metacritic: number | undefined;
  /** 0 to 5. */
  readonly rating: number;
  readonly popularity: number;
  readonly english: string;
  readonly french: string;
  readonly isEarlyAccess?: true;
}

type Row = readonly [
  ids: readonly [igdb: number, steam: number | undefined, rawg: number],
  name: string,
  released: string,
  makers: readonly [developer: string, publisher: string],
  platforms: string,
  genre: string,
  scores: readonly [metacritic: number | undefined, rating: number, popularity: number],
  english: string,
  french: string,
];

const ALL = "PC,PS4,Xbox One,Switch";
const rows: readonly Row[] = [
  [
    [184_137, 1_794_680, 654_161],
    "Vampire Survivors",
    "2022-10-20",
    ["poncle", "poncle"],
    "PC,Mac,Xbox One,Switch",
    "Action",
    [86, 4.0, 9_000],
    "Mow down thousands of night creatures and survive until dawn! Vampire Survivors is a gothic horror casual game with rogue-lite elements.",
    "Fauchez des milliers de créatures de la nuit et survivez jusqu'à l'aube ! Un jeu gothique aux éléments rogue-lite.",
  ],
  [
    [113_112, 1_145_360, 274_755],
    "Hades",
    "2020-09-17",
    ["Supergiant Games", "Supergiant Games"],
    ALL,
    "Action",
    [93, 4.4, 20_000],
    "Defy the god of the dead as you hack and slash out of the Underworld.",
    "Défiez le dieu des morts et frayez-vous un chemin hors des Enfers.",
  ],
  [
    [7_351, 379_720, 2_454],
    "DOOM",
    "2016-05-12",
    ["id Software", "Bethesda Softworks"],
    ALL,
    "Shooter",
    [85, 4.4, 15_000],
    "Developed by id Software, DOOM returns as a brutally fun and challenging modern-day shooter.",
    "DOOM revient sous la forme d'un jeu de tir moderne, brutal et exigeant.",
  ],
  [
    [673, 2_280, 1_000],
    "DOOM",
    "1993-12-10",
    ["id Software", "id Software"],
    "PC,Mac",
    "Shooter",
    [undefined, 4.2, 9_000],
    "In DOOM, players are a space marine stranded on the moons of Mars.",
    "Un marine seul face aux hordes de l'enfer, sur les lunes de Mars.",
  ],
  [
    [103_298, 782_330, 257_201],
    "DOOM Eternal",
    "2020-03-20",
    ["id Software", "Bethesda Softworks"],
    ALL,
    "Shooter",
    [88, 4.4, 12_000],
    "Hell's armies have invaded Earth. Become the Slayer.",
    "Les armées de l'enfer ont envahi la Terre. Incarnez le Slayer.",
  ],
  [
    [17_000, 413_150, 654],
    "Stardew Valley",
    "2016-02-26",
    ["ConcernedApe", "ConcernedApe"],
    `${ALL},iOS,Android`,
    "Simulation",
    [89, 4.4, 18_000],
    "You've inherited your grandfather's old farm plot in Stardew Valley.",
    "Vous héritez de la vieille ferme de votre grand-père à Stardew Valley.",
  ],
  [
    [26_226, 504_230, 28_199],
    "Celeste",
    "2018-01-25",
    ["Maddy Makes Games", "Maddy Makes Games"],
    ALL,
    "Platform",
    [88, 4.2, 11_000],
    "Help Madeline survive her inner demons on her journey to the top of Celeste Mountain.",
    "Aidez Madeline à affronter ses démons intérieurs jusqu'au sommet du mont Celeste.",
  ],
  [
    [14_593, 367_520, 9_767],
    "Hollow Knight",
    "2017-02-24",
    ["Team Cherry", "Team Cherry"],
    ALL,
    "Platform",
    [87, 4.4, 16_000],
    "Forge your own path in Hollow Knight! An epic action adventure through a vast ruined kingdom of insects and heroes.",
    "Forgez votre chemin dans un vaste royaume en ruine d'insectes et de héros.",
  ],
  [
    [1_942, 292_030, 3_328],
    "The Witcher 3: Wild Hunt",
    "2015-05-18",
    ["CD PROJEKT RED", "CD PROJEKT RED"],
    ALL,
    "RPG",
    [93, 4.7, 25_000],
    "You are Geralt of Rivia, mercenary monster slayer.",
    "Vous incarnez Geralt de Riv, tueur de monstres.",
  ],
  [
    [1_020, 271_590, 3_498],
    "Grand Theft Auto V",
    "2013-09-17",
    ["Rockstar North", "Rockstar Games"],
    "PC,PS4,Xbox One",
    "Action",
    [96, 4.5, 26_000],
    "A young street hustler, a retired bank robber and a terrifying psychopath.",
    "Un jeune arnaqueur, un braqueur à la retraite et un psychopathe terrifiant.",
  ],
  [
    [121, undefined, 22_509],
    "Minecraft",
    "2011-11-18",
    ["Mojang Studios", "Mojang Studios"],
    "PC,Mac,Linux,Switch",
    "Adventure",
    [undefined, 4.4, 14_000],
    "Explore infinite worlds and build everything from the simplest of homes to the grandest of castles.",
    "Explorez des mondes infinis et construisez de tout.",
  ],
  [
    [115, undefined, 23_598],
    "League of Legends",
    "2009-10-27",
    ["Riot Games", "Riot Games"],
    "PC,Mac",
    "MOBA",
    [78, 3.6, 10_000],
    "A fast-paced, competitive online game.",
    "Un jeu de combat en arène, rapide et compétitif.",
  ],
  [
    [1_905, undefined, 47_137],
    "Fortnite",
    "2017-07-25",
    ["Epic Games", "Epic Games"],
    ALL,
    "Shooter",
    [81, 3.0, 9_500],
    "Drop in and be the last one standing.",
    "Sautez de la navette et soyez le dernier debout.",
  ],
  [
    [119_388, undefined, 422_859],
    "The Legend of Zelda: Tears of the Kingdom",
    "2023-05-12",
    ["Nintendo EPD", "Nintendo"],
    "Switch",
    "Adventure",
    [96, 4.6, 8_000],
    "The sequel to Breath of the Wild, on the lands and in the skies of Hyrule.",
    "La suite de Breath of the Wild, sur terre et dans les cieux d'Hyrule.",
  ],
  [
    [9_630, undefined, 1_030],
    "Prey",
    "2006-07-10",
    ["Human Head Studios", "2K Games"],
    "PC,Xbox 360",
    "Shooter",
    [83, 3.8, 3_000],
    "A Cherokee garage mechanic aboard a living starship.",
    "Un mécanicien cherokee à bord d'un vaisseau vivant.",
  ],
  [
    [19_531, 480_490, 10_035],
    "Prey",
    "2017-05-05",
    ["Arkane Studios", "Bethesda Softworks"],
    "PC,PS4,Xbox One",
    "Shooter",
    [79, 4.0, 9_000],
    "You awaken aboard Talos I, a space station orbiting the moon in 2032.",
    "Vous vous réveillez à bord de Talos I, une station spatiale en orbite lunaire.",
  ],
  // In no list of titles but this.
  [
    [999_002, 999_002, 999_002],
    "Quxley Adventures",
    "2019-03-01",
    ["Brumble Works", "Brumble Works"],
    "PC",
    "Adventure",
    [71, 3.9, 400],
    "A small hare on a long road.",
    "Un petit lièvre sur une longue route.",
  ],
];

/** Words that are searched for in tests of long and odd answers. */
const MONSTER: SimGame = {
  igdbId: 999_001,
  steamId: 999_001,
  rawgId: 999_001,
  name: `Endless Title ${"of Words ".repeat(25)}`.trim(),
  released: "2026-06-01",
  developer: "A Studio Whose Name Was Chosen By A Committee That Never Agreed On Anything At All",
  publisher: "Publisher™ & Sons® <b>International</b>",
  platforms: ["PC", "Mac", "Linux", "PlayStation 5", "Xbox Series S/X", "Nintendo Switch 2"],
  genre: "Strategy",
  metacritic: 70,
  rating: 3.5,
  popularity: 10,
  english: `<p>Line one.<br>Line two &amp; three.</p> ${"More words follow. ".repeat(60)}`,
  french: `<p>Première ligne.<br>Deuxième &quot;ligne&quot;.</p> ${"Encore des mots. ".repeat(60)}`,
  isEarlyAccess: true,
};

export const simGames: readonly SimGame[] = [
  ...rows.map(
    ([
      [igdbId, steamId, rawgId],
      name,
      released,
      [developer, publisher],
      platforms,
      genre,
      scores,
      english,
      french,
    ]): SimGame => ({
      igdbId,
      steamId,
      rawgId,
      name,
      released,
      developer,
      publisher,
      platforms: platforms.split(","),
      genre,
      metacritic: scores[0],
      rating: scores[1],
      popularity: scores[2],
      english,
      french,
    }),
  ),
  MONSTER,
];

const toWords = (text: string): string[] =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

/** Every word that was typed stands at the start of one in the title; the best known first. No service forgives more. */
export function searchGames(text: string, among: readonly SimGame[] = simGames): readonly SimGame[] {
  const wanted = toWords(text);
  if (wanted.length === 0) return [];
  return among
    .filter(({ name }) => {
      const words = toWords(name);
      return wanted.every((word) => words.some((one) => one.startsWith(word)));
    })
    .toSorted((a, b) => b.popularity - a.popularity);
}
