//! What takes long runs on a thread of libuv's pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use kissbot_games::build::{build, merge, write_whole};
use kissbot_games::catalogue::{read_titles, shipped};
use kissbot_games::library::compact;
use napi::bindgen_prelude::{AsyncTask, Env, Error, Result, Status, Task};
use napi_derive::napi;

#[napi(object)]
pub struct BuildReport {
    pub titles: u32,
    /// Lines of the file of titles that hold none.
    pub skipped: u32,
    pub bytes: f64,
    pub took_ms: f64,
}

pub struct Build {
    titles: Option<PathBuf>,
    to: PathBuf,
    with_aliases: bool,
    built_at: u64,
}

impl Task for Build {
    type Output = BuildReport;
    type JsValue = BuildReport;

    fn compute(&mut self) -> Result<BuildReport> {
        without_panic(|| {
            let started = Instant::now();
            let mut entries = shipped(self.with_aliases);
            let mut skipped = 0;
            if let Some(path) = &self.titles {
                let file = read_titles(path).map_err(|error| to_error(path, &error))?;
                skipped = file.skipped;
                entries.extend(file.entries);
            }
            let entries = merge(entries);
            let bytes = build(&entries, self.built_at);
            write_whole(&self.to, &bytes).map_err(|error| to_error(&self.to, &error))?;
            Ok(BuildReport {
                titles: entries.len() as u32,
                skipped: skipped as u32,
                bytes: bytes.len() as f64,
                took_ms: started.elapsed().as_secs_f64() * 1_000.0,
            })
        })
    }

    fn resolve(&mut self, _: Env, report: BuildReport) -> Result<BuildReport> {
        Ok(report)
    }
}

/// The catalogue that ships, and the titles of a file if there is one, as an index at `to`.
#[napi(catch_unwind)]
pub fn build_index(titles: Option<String>, to: String, with_aliases: bool, built_at: f64) -> AsyncTask<Build> {
    AsyncTask::new(Build {
        titles: titles.map(PathBuf::from),
        to: PathBuf::from(to),
        with_aliases,
        built_at: built_at as u64,
    })
}

pub struct Compact {
    path: PathBuf,
    learnt: String,
    built_at: u64,
}

impl Task for Compact {
    type Output = u32;
    type JsValue = u32;

    fn compute(&mut self) -> Result<u32> {
        without_panic(|| {
            compact(&self.path, &self.learnt, self.built_at)
                .map(|count| count as u32)
                .map_err(|error| to_error(&self.path, &error))
        })
    }

    fn resolve(&mut self, _: Env, count: u32) -> Result<u32> {
        Ok(count)
    }
}

/// Puts what was learnt into the index at `path`; how many titles that were.
#[napi(catch_unwind)]
pub fn compact_index(path: String, learnt: String, built_at: f64) -> AsyncTask<Compact> {
    AsyncTask::new(Compact { path: PathBuf::from(path), learnt, built_at: built_at as u64 })
}

fn to_error(path: &Path, error: &std::io::Error) -> Error {
    Error::new(Status::GenericFailure, format!("{}: {error}", path.display()))
}

/// `catch_unwind` of an export ends where its thread ends.
fn without_panic<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::new(Status::GenericFailure, "the engine failed; this is a defect of its own")))
}
