//! What holds for every text and every title.

use kissbot_games::build::{Entry, build, merge};
use kissbot_games::index::Index;
use kissbot_games::normalise::Name;
use kissbot_games::search::Searcher;
use proptest::collection::vec;
use proptest::prelude::*;

fn entries(titles: &[String]) -> Vec<Entry> {
    merge(titles.iter().map(|title| Entry { title: title.clone(), popularity: 50, ..Entry::default() }))
}

proptest! {
    #[test]
    fn normalising_again_changes_nothing(text in "\\PC{0,60}") {
        let once = Name::of(&text).spaced();
        prop_assert_eq!(Name::of(&once).spaced(), once);
    }

    #[test]
    fn a_filled_name_is_as_a_fresh_one(one in "\\PC{0,40}", other in "\\PC{0,40}") {
        let mut name = Name::of(&one);
        name.fill(&other);
        let fresh = Name::of(&other);
        prop_assert_eq!((name.raw(), name.canonical(), name.year), (fresh.raw(), fresh.canonical(), fresh.year));
    }

    #[test]
    fn short_and_long_texts_are_read_alike(text in "[a-eivxA-EIVX0-9 '`.:-]{0,60}") {
        // Longer than what is read eight bytes at a time.
        let (short, long) = (Name::of(&text), Name::of(&format!("{text}{}", " ".repeat(70))));
        prop_assert_eq!((short.raw(), short.canonical()), (long.raw(), long.canonical()));
        prop_assert_eq!(short.words().collect::<Vec<_>>(), long.words().collect::<Vec<_>>());
        prop_assert_eq!(short.spaced(), long.spaced());
    }

    #[test]
    fn case_and_punctuation_do_not_count(text in "[a-zA-Z0-9 ]{1,40}") {
        let marked = text.to_uppercase().replace(' ', " - ");
        let (marked, plain) = (Name::of(&marked), Name::of(&text));
        prop_assert_eq!(marked.raw(), plain.raw());
    }

    #[test]
    fn every_title_is_found_by_itself(titles in vec("\\PC{1,30}", 1..12)) {
        let merged = entries(&titles);
        let index = Index::of_bytes(build(&merged, 0)).expect("what was built opens");
        index.verify().expect("and is whole");
        let mut searcher = Searcher::default();
        for entry in &merged {
            let Some(hit) = searcher.search(&index, &entry.title, 1).first().copied() else {
                // Longer than a query may be.
                prop_assert!(entry.title.len() > 128);
                continue;
            };
            if entry.title.len() <= 128 {
                let wanted = Name::of(&entry.title).raw().to_owned();
                prop_assert_eq!(index.raw_key(hit.id), wanted.as_bytes());
            }
        }
    }

    #[test]
    fn a_slip_or_two_are_always_found(title in "[a-z]{8,30}", at in 0_usize..7, to in "[a-z]") {
        let merged = entries(std::slice::from_ref(&title));
        let index = Index::of_bytes(build(&merged, 0)).expect("what was built opens");
        let mut searcher = Searcher::default();
        let mut typed = title.clone();
        typed.replace_range(at..=at, &to);
        typed.remove(at / 2);
        prop_assert!(!searcher.search(&index, &typed, 1).is_empty(), "{} for {}", typed, title);
        let mut swapped = title.clone().into_bytes();
        swapped.swap(at, at + 1);
        swapped.remove(at / 2);
        let swapped = String::from_utf8_lossy(&swapped).into_owned();
        prop_assert!(!searcher.search(&index, &swapped, 1).is_empty(), "{} for {}", swapped, title);
    }
}

#[test]
fn a_title_typed_in_full_is_sure_whatever_its_short_form_names() {
    let entry = |title: &str, popularity: u8, alias: &str| Entry {
        title: title.to_owned(),
        popularity,
        aliases: vec![alias.to_owned()],
        ..Entry::default()
    };
    let merged = merge([entry("The Sims", 20, "sims one"), entry("The Sims 4", 255, "sims")]);
    let index = Index::of_bytes(build(&merged, 0)).expect("what was built opens");
    let mut searcher = Searcher::default();
    for (typed, wanted) in [("The Sims", "The Sims"), ("sims", "The Sims 4")] {
        let hit = searcher.search(&index, typed, 1).first().copied().expect("something is found");
        assert_eq!(index.title(hit.id), wanted.as_bytes(), "{typed}");
    }
    assert!(searcher.search(&index, "The Sims", 1)[0].is_confident());
}
