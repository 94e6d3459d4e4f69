//! The page between Node and the crate of games: converts what goes in and what comes out, and lets no panic through.

// The macros leave the exports out of a test build, and clippy over all targets makes one.
#![cfg_attr(test, allow(dead_code))]

mod background;
mod finder;
mod typed_text;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use finder::Finder;
use kissbot_games::format::{Failure, MAJOR, MINOR};
use kissbot_games::library::{Library, Match};
use kissbot_games::normalise::Name;
use napi::bindgen_prelude::{Env, Error, Float64Array, Result, Status};
use napi_derive::napi;
use typed_text::TypedText;

/// Numbers of one match in the caller's array: id, points, margin, stage, whether sure, year or 0.
const NUMBERS: usize = 6;

/// Belongs to the JavaScript thread that opened it.
#[napi]
pub struct NativeIndex {
    shared: Rc<RefCell<Opened>>,
}

pub(crate) struct Opened {
    pub library: Library,
    /// What is being looked for.
    pub typed: TypedText,
    /// The caller's: answers are written into it, because an object per match would cost more than the search.
    numbers: Float64Array,
}

#[napi(object)]
pub struct NativeInfo {
    pub titles: u32,
    pub learnt: u32,
    pub bytes: f64,
    pub format: String,
    pub normaliser: u32,
    pub built_at: f64,
    pub digest: String,
}

#[napi]
impl NativeIndex {
    #[napi(factory, catch_unwind)]
    pub fn open(path: String, numbers: Float64Array) -> Result<Self> {
        let library = Library::open(Path::new(&path)).map_err(to_error)?;
        Ok(Self { shared: Rc::new(RefCell::new(Opened { library, typed: TypedText::default(), numbers })) })
    }

    /// A function of one text: the title of the best, or null; its numbers stand in the array.
    #[napi(catch_unwind)]
    pub fn finder(&self, env: &Env) -> Result<Finder> {
        Finder::make(env, Rc::clone(&self.shared))
    }

    /// How many were found.
    #[napi(catch_unwind)]
    pub fn search(&self, query: TypedText, limit: u32) -> u32 {
        let mut opened = self.shared.borrow_mut();
        let limit = (limit as usize).min(opened.numbers.len() / NUMBERS);
        let found: Vec<Match> = opened.library.search(query.as_str(), limit).to_vec();
        for (at, one) in found.iter().enumerate() {
            opened.write(at, one);
        }
        found.len() as u32
    }

    #[napi(catch_unwind)]
    pub fn title(&self, id: u32) -> String {
        String::from_utf8_lossy(self.shared.borrow().library.title(id)).into_owned()
    }

    #[napi(catch_unwind)]
    pub fn set_learnt(&self, lines: String) -> Result<()> {
        self.shared.borrow_mut().library.set_learnt(&lines).map_err(to_error)
    }

    #[napi(catch_unwind)]
    pub fn is_intact(&self) -> bool {
        self.shared.borrow().library.is_intact()
    }

    /// Reads the whole file.
    #[napi(catch_unwind)]
    pub fn verify(&self) -> Result<()> {
        self.shared.borrow().library.base().verify().map_err(to_error)
    }

    #[napi(catch_unwind)]
    pub fn info(&self) -> NativeInfo {
        let opened = self.shared.borrow();
        let base = opened.library.base();
        let header = base.header();
        NativeInfo {
            titles: header.titles,
            learnt: opened.library.learnt() as u32,
            bytes: base.bytes() as f64,
            format: format!("{MAJOR}.{MINOR}"),
            normaliser: header.normaliser,
            built_at: header.built_at as f64,
            digest: format!("{:08x}", header.digest),
        }
    }
}

impl Opened {
    pub(crate) fn write(&mut self, at: usize, found: &Match) {
        // SAFETY: the array's memory belongs to the JavaScript thread we are called on, which waits for us; nobody else
        // looks at it, and it is never handed to another thread.
        let numbers = unsafe { self.numbers.as_mut() };
        let Some(row) = numbers.get_mut(at * NUMBERS..(at + 1) * NUMBERS) else { return };
        row[0] = f64::from(found.id);
        row[1] = f64::from(found.points);
        row[2] = f64::from(found.margin);
        row[3] = f64::from(found.stage as u8);
        row[4] = f64::from(u8::from(found.is_confident));
        row[5] = f64::from(found.year.unwrap_or(0));
    }
}

/// Folded words with a space between: the key of a cache, say.
#[napi(catch_unwind)]
pub fn normalise(text: String) -> String {
    Name::of(&text).spaced()
}

/// "code: what is wrong", as the TypeScript side takes it apart.
fn to_error(failure: Failure) -> Error {
    Error::new(Status::GenericFailure, failure.to_string())
}
