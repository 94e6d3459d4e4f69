//! The index on disk and what was learnt since, looked at anew when another file has taken a name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kissbot_games::library::Library;
use serde::Serialize;

use crate::additions;

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
    learnt_marks: [Option<Mark>; 2],
    library: Option<Library>,
    problem: String,
}

impl Shelf {
    pub fn new(path: Option<PathBuf>) -> Self {
        let problem = if path.is_none() { "no index was named" } else { "" };
        Self { path, mark: None, learnt_marks: [None; 2], library: None, problem: problem.to_owned() }
    }

    /// Titles in the index and learnt since, or why there is none.
    pub fn titles(&mut self) -> Result<usize, String> {
        self.refresh();
        self.library
            .as_ref()
            .map(|library| library.base().titles() + library.learnt())
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
        let Some(path) = self.path.clone() else { return };
        let mark = mark_of(&path);
        if mark.is_none() || mark != self.mark {
            self.open(&path, mark);
        }
        let learnt_marks = additions::files_of(&path).map(|file| mark_of(&file));
        if learnt_marks != self.learnt_marks
            && let Some(library) = &mut self.library
        {
            match library.set_learnt(&additions::read(&path)) {
                Ok(()) => self.learnt_marks = learnt_marks,
                Err(failure) => self.problem = failure.problem,
            }
        }
    }

    fn open(&mut self, path: &Path, mark: Option<Mark>) {
        match Library::open(path) {
            Ok(library) => {
                self.library = Some(library);
                self.mark = mark;
                // What was learnt is to be read for it anew.
                self.learnt_marks = [None; 2];
            }
            Err(failure) => {
                self.problem = failure.problem;
                self.mark = None;
                // The old map stays good, because whoever writes an index renames; unless a stranger has shortened it.
                self.library = self.library.take().filter(Library::is_intact);
            }
        }
    }
}

fn mark_of(path: &Path) -> Option<Mark> {
    fs::metadata(path).ok().map(|facts| (facts.modified().ok(), facts.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kissbot_games::build::{build, merge, write_whole};
    use kissbot_games::catalogue::shipped;

    /// A folder of this test's own, which goes with it.
    struct Folder(PathBuf);
    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn titles(shelf: &mut Shelf, query: &str) -> Vec<String> {
        shelf.search(query, 1).expect("an index").into_iter().map(|found| found.title).collect()
    }

    #[test]
    fn what_was_learnt_is_found_as_soon_as_it_is_there_and_gone_with_its_file() {
        let folder = Folder(std::env::temp_dir().join(format!("kissbot-drakon-{}", std::process::id())));
        fs::create_dir_all(&folder.0).expect("a folder");
        let path = folder.0.join("games.kbx");
        let mut shelf = Shelf::new(Some(path.clone()));
        assert!(shelf.search("hades", 1).is_err());
        write_whole(&path, &build(&merge(shipped(true)), 0)).expect("written");
        assert_eq!(titles(&mut shelf, "hades"), ["Hades"]);
        let before = shelf.titles().expect("titles");
        assert_ne!(titles(&mut shelf, "quxley adventures"), ["Quxley Adventures"]);
        let learnt = folder.0.join("games.additions.jsonl");
        fs::write(&learnt, "\n{\"title\":\"Quxley Adventures\",\"year\":2019}").expect("written");
        assert_eq!(titles(&mut shelf, "quxly adventures"), ["Quxley Adventures"]);
        assert_eq!(shelf.titles(), Ok(before + 1));
        fs::rename(&learnt, folder.0.join("games.compacting.jsonl")).expect("renamed");
        assert_eq!(titles(&mut shelf, "quxley adventures"), ["Quxley Adventures"]);
        fs::remove_file(folder.0.join("games.compacting.jsonl")).expect("removed");
        assert_ne!(titles(&mut shelf, "quxley adventures"), ["Quxley Adventures"]);
        fs::write(folder.0.join("games.new"), b"no index").expect("written");
        fs::rename(folder.0.join("games.new"), &path).expect("renamed");
        assert_eq!(titles(&mut shelf, "hades"), ["Hades"], "the last good one goes on answering");
    }
}
