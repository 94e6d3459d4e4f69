//! One index and, searched beside it, what was learnt since it was built.

use std::io;
use std::path::Path;

use crate::build::{Entry, build, merge, write_whole};
use crate::catalogue::parse_titles;
use crate::format::Failure;
use crate::index::Index;
use crate::record::Record;
use crate::search::{CONFIDENT_MARGIN, Hit, Searcher, Stage};

/// Somebody asked for it lately, and a provider knows it: better known than most of a file of titles.
const LEARNT_POPULARITY: u8 = 90;

#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// Of the index; learnt ones are numbered behind it.
    pub id: u32,
    pub points: i32,
    /// To the next, in points and for being well known.
    pub margin: i32,
    rank: i32,
    pub stage: Stage,
    pub is_confident: bool,
    pub year: Option<u16>,
    record: Record,
}

pub struct Library {
    base: Index,
    learnt: Option<Index>,
    searcher: Searcher,
    matches: Vec<Match>,
}

impl Library {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Index::open(path).map(Self::of)
    }

    pub fn of(base: Index) -> Self {
        Self { base, learnt: None, searcher: Searcher::default(), matches: Vec::new() }
    }

    pub fn base(&self) -> &Index {
        &self.base
    }

    pub fn learnt(&self) -> usize {
        self.learnt.as_ref().map_or(0, Index::titles)
    }

    /// All that was learnt since the index was built, each time: a line for each title, as in a file of titles.
    pub fn set_learnt(&mut self, lines: &str) -> Result<(), Failure> {
        let fresh = self.unknown(lines);
        self.learnt = if fresh.is_empty() { None } else { Some(Index::of_bytes(build(&fresh, 0))?) };
        Ok(())
    }

    fn unknown(&self, lines: &str) -> Vec<Entry> {
        let mut searcher = Searcher::default();
        let entries = learnt_entries(lines);
        merge(entries.into_iter().filter(|entry| !self.knows(&mut searcher, entry)))
    }

    fn knows(&self, searcher: &mut Searcher, entry: &Entry) -> bool {
        searcher.search(&self.base, &entry.title, 1).iter().any(|hit| {
            hit.stage == Stage::Exact
                && (entry.year.is_none() || self.base.year(hit.id).is_none_or(|year| Some(year) == entry.year))
        })
    }

    /// Whether the file can still be read safely.
    pub fn is_intact(&self) -> bool {
        self.base.is_intact()
    }

    pub fn search(&mut self, query: &str, limit: usize) -> &[Match] {
        self.matches.clear();
        for hit in self.searcher.search(&self.base, query, limit) {
            self.matches.push(to_match(hit, 0));
        }
        if let Some(learnt) = &self.learnt {
            let first = self.base.titles() as u32;
            let found = self.searcher.search(learnt, query, limit).iter().map(|hit| to_match(hit, first));
            self.matches.extend(found);
            rank_together(&mut self.matches, first, limit);
        }
        self.matches.iter_mut().skip(1).for_each(|one| one.is_confident = false);
        &self.matches
    }

    /// Of what was found just now.
    pub fn title_of(&self, found: &Match) -> &[u8] {
        let range = found.record.title();
        match &self.learnt {
            Some(learnt) if found.id >= self.base.titles() as u32 => learnt.text_of(range),
            _ => self.base.text_of(range),
        }
    }

    pub fn title(&self, id: u32) -> &[u8] {
        let titles = self.base.titles() as u32;
        match &self.learnt {
            Some(learnt) if id >= titles => learnt.title(id - titles),
            _ => self.base.title(id),
        }
    }
}

fn learnt_entries(lines: &str) -> Vec<Entry> {
    let mut entries = parse_titles(lines).entries;
    entries.iter_mut().for_each(|entry| entry.popularity = LEARNT_POPULARITY);
    entries
}

fn to_match(hit: &Hit, first: u32) -> Match {
    Match {
        id: first + hit.id,
        points: hit.points,
        margin: hit.margin,
        rank: hit.rank(),
        stage: hit.stage,
        is_confident: hit.is_confident(),
        year: hit.record.year(),
        record: hit.record,
    }
}

/// Two lists, each of which knows how sure it is, as one: titles from `learnt_from` on are the second's. The first is as
/// sure as its own list was, unless a title of the other, found as surely, comes near: so it would be in one index.
fn rank_together(matches: &mut Vec<Match>, learnt_from: u32, limit: usize) {
    let is_named = |one: &Match| one.stage <= Stage::Words;
    matches.sort_by(|a, b| {
        is_named(b).cmp(&is_named(a)).then(b.rank.cmp(&a.rank)).then(a.stage.cmp(&b.stage)).then(a.id.cmp(&b.id))
    });
    for at in 1..matches.len() {
        matches[at - 1].margin = (matches[at - 1].rank - matches[at].rank).max(0);
    }
    if let Some((best, others)) = matches.split_first_mut() {
        let is_other_list = |one: &&Match| (one.id >= learnt_from) != (best.id >= learnt_from);
        best.is_confident &= others
            .iter()
            .filter(is_other_list)
            .all(|rival| best.rank - rival.rank >= CONFIDENT_MARGIN || step_of(best.stage) < step_of(rival.stage));
    }
    matches.truncate(limit);
}

/// Which step of the cascade finds it: those after it would not have looked.
fn step_of(stage: Stage) -> u8 {
    match stage {
        Stage::Exact | Stage::Canonical | Stage::Alias | Stage::MainTitle | Stage::Words => 0,
        Stage::Acronym | Stage::Edits => 1,
        Stage::Tokens => 2,
    }
}

/// Builds the index anew with what was learnt, and puts it in place of the old one.
pub fn compact(path: &Path, lines: &str, built_at: u64) -> io::Result<usize> {
    let base = Index::open(path).map_err(io::Error::other)?;
    base.verify().map_err(io::Error::other)?;
    let library = Library::of(base);
    let fresh = library.unknown(lines);
    let count = fresh.len();
    if count > 0 {
        let entries = merge(library.base.entries().into_iter().chain(fresh));
        write_whole(path, &build(&entries, built_at))?;
    }
    Ok(count)
}
