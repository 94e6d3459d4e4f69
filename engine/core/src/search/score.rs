//! Points, and the few best titles of one search.

use crate::record::Record;

/// How a title was found; the earlier, the surer. In the order of the TypeScript side's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    Exact,
    Canonical,
    Alias,
    MainTitle,
    Words,
    Acronym,
    Edits,
    Tokens,
}

pub struct Points {
    pub exact: i32,
    pub canonical: i32,
    pub alias: i32,
    pub words: i32,
    pub main_title: i32,
    pub acronym: i32,
}

/// In ten-thousandths: integers rank alike on every machine.
pub const FULL: i32 = 10_000;
pub const POINTS: Points =
    Points { exact: FULL, canonical: 9_800, alias: 9_700, words: 9_600, main_title: 9_500, acronym: 8_900 };
/// How many hits one search keeps.
pub const KEPT_MAX: usize = 32;

#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub id: u32,
    /// What stands before its texts, which were read to find it.
    pub record: Record,
    pub points: i32,
    /// For being well known: decides among titles that fit alike.
    pub bonus: i32,
    pub stage: Stage,
    /// To the next, in points and bonus.
    pub margin: i32,
    /// It resembles what was typed, and a word of it is another word.
    is_doubtful: bool,
    /// It stays where it is, as sure as it was then, whatever is found after.
    settled: Option<bool>,
}

impl Hit {
    pub fn new(record: Record, points: i32, bonus: i32, stage: Stage) -> Self {
        Self {
            id: record.id,
            record,
            points: points.clamp(0, FULL),
            bonus,
            stage,
            margin: 0,
            is_doubtful: false,
            settled: None,
        }
    }

    pub fn doubtful(self) -> Self {
        Self { is_doubtful: true, ..self }
    }

    pub fn rank(&self) -> i32 {
        self.points + self.bonus
    }

    /// Of the first of a list: the others are what else could be meant.
    pub fn is_confident(&self) -> bool {
        self.settled.unwrap_or(
            !self.is_doubtful && self.points >= super::CONFIDENT_POINTS && self.margin >= super::CONFIDENT_MARGIN,
        )
    }

    fn is_settled(&self) -> bool {
        self.settled.is_some()
    }
}

#[derive(Default)]
pub struct Hits(Vec<Hit>);

impl Hits {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing but one, by one of its names: there is nothing to choose.
    pub fn is_one_title(&self) -> bool {
        matches!(self.0.as_slice(), [hit] if hit.stage != Stage::Acronym)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Hit> {
        self.0.iter()
    }

    /// Each title stands once, as the better of what was found.
    pub fn add(&mut self, hit: Hit) {
        if let Some(known) = self.0.iter_mut().find(|one| one.id == hit.id) {
            if !known.is_settled() && hit.rank() > known.rank() {
                *known = hit;
            }
            return;
        }
        if self.0.len() < KEPT_MAX {
            self.0.push(hit);
            return;
        }
        let worst = self.0.iter_mut().filter(|one| !one.is_settled()).min_by_key(|one| one.rank());
        if let Some(worst) = worst
            && worst.rank() < hit.rank()
        {
            *worst = hit;
        }
    }

    pub fn retain(&mut self, keep: impl FnMut(&Hit) -> bool) {
        self.0.retain(keep);
    }

    pub fn for_each(&mut self, change: impl FnMut(&mut Hit)) {
        self.0.iter_mut().for_each(change);
    }

    pub fn best_points(&self) -> i32 {
        self.best_hit().map_or(0, |hit| hit.points)
    }

    pub fn best_stage(&self) -> Option<Stage> {
        self.best_hit().map(|hit| hit.stage)
    }

    fn best_hit(&self) -> Option<&Hit> {
        self.0.iter().max_by_key(|hit| hit.rank())
    }

    /// Sorts and tells each how far the next is. Settled ones first, as they stood.
    pub fn rank(&mut self) {
        if let [hit] = self.0.as_mut_slice() {
            hit.margin = hit.rank().clamp(0, FULL);
            return;
        }
        self.0.sort_by(|a, b| {
            b.is_settled()
                .cmp(&a.is_settled())
                .then(b.rank().cmp(&a.rank()))
                .then(a.stage.cmp(&b.stage))
                .then(a.id.cmp(&b.id))
        });
        for at in 0..self.0.len() {
            let next = self.0.get(at + 1).map_or(0, Hit::rank);
            let hit = &mut self.0[at];
            hit.margin = (hit.rank() - next).clamp(0, FULL);
        }
    }

    pub fn settle(&mut self) {
        self.0.iter_mut().for_each(|hit| hit.settled = Some(hit.is_confident()));
    }

    pub fn best(&self, limit: usize) -> &[Hit] {
        &self.0[..limit.min(self.0.len())]
    }
}
