//! The vectors that the TypeScript engine is held to as well.

use kissbot_games::build::{build, merge};
use kissbot_games::catalogue::shipped;
use kissbot_games::index::Index;
use kissbot_games::library::Library;
use kissbot_games::normalise::Name;
use kissbot_games::search::Stage;
use serde_json::Value;

fn vectors(list: &str) -> Vec<Vec<Value>> {
    let all: Value = serde_json::from_str(include_str!("../../vectors.json")).expect("vectors.json is JSON");
    let rows = all[list].as_array().expect("a list of rows");
    rows.iter().map(|row| row.as_array().expect("a row").clone()).collect()
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Exact => "exact",
        Stage::Canonical => "canonical",
        Stage::Alias => "alias",
        Stage::MainTitle => "main-title",
        Stage::Words => "words",
        Stage::Acronym => "acronym",
        Stage::Edits => "edits",
        Stage::Tokens => "tokens",
    }
}

fn shipped_library() -> Library {
    Library::of(Index::of_bytes(build(&merge(shipped(true)), 0)).expect("the catalogue builds"))
}

#[test]
fn normalises_as_agreed() {
    for row in vectors("normalise") {
        assert_eq!(Some(Name::of(row[0].as_str().expect("a text")).spaced().as_str()), row[1].as_str(), "{}", row[0]);
    }
    for row in vectors("canonical") {
        assert_eq!(Some(Name::of(row[0].as_str().expect("a text")).canonical()), row[1].as_str(), "{}", row[0]);
    }
}

#[test]
fn finds_as_agreed() {
    let mut library = shipped_library();
    for row in vectors("search") {
        let query = row[0].as_str().expect("a query");
        let found = library.search(query, 1).first().copied();
        let title = found.map(|one| String::from_utf8_lossy(library.title(one.id)).into_owned());
        assert_eq!(title.as_deref(), row[1].as_str(), "{query}");
        assert_eq!(found.map(|one| stage_name(one.stage)), row[2].as_str(), "{query}");
        assert_eq!(found.map(|one| one.is_confident), row[3].as_bool(), "{query}");
    }
}

#[test]
fn finds_by_words() {
    let mut library = shipped_library();
    for (query, wanted, stage) in [
        ("survivors vampire", "Vampire Survivors", Stage::Words),
        ("stadew valey farm", "Stardew Valley", Stage::Tokens),
        ("zelda breath wild", "The Legend of Zelda: Breath of the Wild", Stage::Tokens),
    ] {
        let found = library.search(query, 1).first().copied().expect(query);
        assert_eq!(String::from_utf8_lossy(library.title(found.id)), wanted);
        assert_eq!(found.stage, stage, "{query}");
    }
}

#[test]
fn what_was_learnt_is_searched_beside_the_index() {
    let mut library = shipped_library();
    assert!(library.search("brandnewgame of tomorrow", 1).is_empty());
    library.set_learnt("Brandnewgame of Tomorrow\t1\t2027\nMinecraft\t1\t\n").expect("learns");
    assert_eq!(library.learnt(), 1, "what the index knows is not learnt again");
    let found = library.search("brandnewgame of tomorow", 1)[0];
    assert_eq!(String::from_utf8_lossy(library.title(found.id)), "Brandnewgame of Tomorrow");
    assert_eq!(found.year, Some(2027));
    let minecraft = library.search("minecraft", 1)[0];
    assert_eq!((minecraft.stage, minecraft.is_confident), (Stage::Exact, true));
    library.set_learnt("").expect("forgets");
    assert!(library.search("brandnewgame of tomorrow", 1).is_empty());
}

/// The title, and whether it is sure, with as many to choose from as a worker asks for.
fn best_of(library: &mut Library, query: &str, limit: usize) -> Option<(String, bool)> {
    let found = library.search(query, limit).first().copied()?;
    Some((String::from_utf8_lossy(library.title(found.id)).into_owned(), found.is_confident))
}

#[test]
fn what_was_learnt_of_something_else_changes_no_answer() {
    let (mut library, mut learned) = (shipped_library(), shipped_library());
    learned.set_learnt("Qwxyzzy Blorp\t1\t2027\n").expect("learns");
    let rows = vectors("search");
    let slips = ["hnllow knight", "hollow knnght", "hllow knight"];
    for query in rows.iter().filter_map(|row| row[0].as_str()).chain(slips) {
        for limit in [1, 4] {
            assert_eq!(best_of(&mut learned, query, limit), best_of(&mut library, query, limit), "{query}");
        }
    }
    for (query, title) in [("hnllow knight", "Hollow Knight"), ("qwxyzy blorp", "Qwxyzzy Blorp")] {
        assert_eq!(best_of(&mut learned, query, 4), Some((title.to_owned(), true)), "{query}");
    }
}

#[test]
fn what_was_learnt_makes_as_unsure_as_it_would_in_the_index() {
    let mut library = shipped_library();
    // It shares words; what was typed is a slip away from another title.
    library.set_learnt("Hollow Knight Forever More\t1\t2027\n").expect("learns");
    assert_eq!(best_of(&mut library, "hnllow knight", 4), Some(("Hollow Knight".to_owned(), true)));
    // As near as that other title.
    library.set_learnt("Hellow Knight\t1\t2027\n").expect("learns");
    for limit in [1, 4] {
        assert!(best_of(&mut library, "hnllow knight", limit).is_some_and(|(_, is_sure)| !is_sure));
    }
}
