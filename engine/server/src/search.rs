//! The index on disk, opened anew when another one has taken its name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kissbot_games::library::Library;
use serde::Serialize;

pub const LIMIT_MAX: usize = 20;
const FULL: f64 = 10_000.0;

#[derive(Serialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    pub title: String,
    pub year: Option<u16>,
    pub score: f64,
    pub is_confident: bool,
}

type Mark = (Option<SystemTime>, u64);

pub struct Shelf {
    path: Option<PathBuf>,
    mark: Option<Mark>,
    library: Option<Library>,
    problem: String,
}

impl Shelf {
    pub fn new(path: Option<PathBuf>) -> Self {
        let problem = if path.is_none() {
            "no index was named"
        } else {
            ""
        };
        Self {
            path,
            mark: None,
            library: None,
            problem: problem.to_owned(),
        }
    }

    /// Titles in the index, or why there is none.
    pub fn titles(&mut self) -> Result<usize, String> {
        self.refresh();
        self.library
            .as_ref()
            .map(|library| library.base().titles())
            .ok_or_else(|| self.problem.clone())
    }

    pub fn search(&mut self, query: &str, limit: usize) -> Result<Vec<Found>, String> {
        self.refresh();
        let library = self.library.as_mut().ok_or_else(|| self.problem.clone())?;
        let matches = library.search(query, limit.clamp(1, LIMIT_MAX)).to_vec();
        Ok(matches
            .iter()
            .map(|one| Found {
                title: String::from_utf8_lossy(library.title(one.id)).into_owned(),
                year: one.year,
                score: f64::from(one.points) / FULL,
                is_confident: one.is_confident,
            })
            .collect())
    }

    fn refresh(&mut self) {
        let Some(path) = &self.path else { return };
        let mark = mark_of(path);
        if mark.is_some() && mark == self.mark {
            return;
        }
        match Library::open(path) {
            Ok(library) => {
                self.library = Some(library);
                self.mark = mark;
            }
            Err(failure) => {
                // The old map stays good: whoever writes an index renames.
                self.problem = failure.problem;
                self.mark = None;
            }
        }
    }
}

fn mark_of(path: &Path) -> Option<Mark> {
    fs::metadata(path)
        .ok()
        .map(|facts| (facts.modified().ok(), facts.len()))
}
