//! Files that somebody cut, spoilt or made up: an error, or wrong answers, and never more than that.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use kissbot_games::build::{build, merge, write_whole};
use kissbot_games::catalogue::shipped;
use kissbot_games::format::{FailureCode, HEADER_BYTES, SECTION_ROW_BYTES, SECTIONS};
use kissbot_games::index::Index;
use kissbot_games::library::Library;
use kissbot_games::search::Searcher;
use proptest::collection::vec;
use proptest::prelude::*;

const QUERIES: [&str; 9] = [
    "vampire survivors",
    "vampyre survivers",
    "survivors vampire",
    "lol",
    "the legend of zelda",
    "zelda breath",
    "原神",
    "x",
    "nothing of that kind at all",
];

fn whole() -> Vec<u8> {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    WHOLE.get_or_init(|| build(&merge(shipped(true)), 1)).clone()
}

/// With the sums of header and table made to fit again, so that what lies behind them is read.
fn resealed(mut file: Vec<u8>) -> Vec<u8> {
    let table = HEADER_BYTES..HEADER_BYTES + SECTIONS * SECTION_ROW_BYTES;
    for row in 0..SECTIONS {
        let at = HEADER_BYTES + row * SECTION_ROW_BYTES;
        let number = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        let (start, length) = (number(at), number(at + 4));
        if let Some(section) = start.checked_add(length).and_then(|end| file.get(start..end)) {
            let sum = crc32fast::hash(section);
            file[at + 8..at + 12].copy_from_slice(&sum.to_le_bytes());
        }
    }
    let sum = crc32fast::hash(&file[table]);
    file[40..44].copy_from_slice(&sum.to_le_bytes());
    let sum = crc32fast::hash(&file[..60]);
    file[60..64].copy_from_slice(&sum.to_le_bytes());
    file
}

fn use_it(file: Vec<u8>) {
    let Ok(index) = Index::of_bytes(file) else { return };
    let mut searcher = Searcher::default();
    for query in QUERIES {
        for hit in searcher.search(&index, query, 8) {
            let _ = (index.title(hit.id), index.year(hit.id));
        }
    }
    let _ = index.verify();
    let entries = index.entries();
    if entries.len() < 5_000 {
        let _ = Library::of(index).set_learnt("Something New\t1\t2027");
    }
}

fn code_of(file: Vec<u8>) -> Option<FailureCode> {
    Index::of_bytes(file).err().map(|failure| failure.code)
}

#[test]
fn says_what_is_wrong() {
    let file = whole();
    assert_eq!(code_of(file.clone()), None);
    assert_eq!(code_of(Vec::new()), Some(FailureCode::Foreign));
    assert_eq!(code_of(b"SQLite format 3\0".to_vec()), Some(FailureCode::Foreign));
    assert_eq!(code_of(file[..40].to_vec()), Some(FailureCode::Corrupt));
    assert_eq!(code_of(file[..file.len() - 1].to_vec()), Some(FailureCode::Corrupt));
    let mut newer = file.clone();
    newer[8] = 9;
    assert_eq!(code_of(newer), Some(FailureCode::Outdated));
    let mut older_rules = file.clone();
    older_rules[12] = 200;
    assert_eq!(code_of(resealed(older_rules)), Some(FailureCode::Outdated));
    let mut damaged = file;
    damaged[20] ^= 1;
    assert_eq!(code_of(damaged), Some(FailureCode::Corrupt));
    let missing = Index::open(&PathBuf::from("/nowhere/games.kbx")).err().map(|failure| failure.code);
    assert_eq!(missing, Some(FailureCode::Missing));
}

#[test]
fn a_file_cut_short_while_it_is_mapped_ends_no_process() {
    let path = std::env::temp_dir().join(format!("kissbot-cut-{}.kbx", std::process::id()));
    write_whole(&path, &whole()).expect("writes");
    let mut library = Library::open(&path).expect("opens");
    assert!(!library.search("vampire survivors", 1).is_empty());
    fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(0)).expect("cuts");
    for query in QUERIES {
        assert!(library.search(query, 4).is_empty(), "{query}");
    }
    assert!(!library.is_intact());
    // A good file in its place is opened as ever.
    write_whole(&path, &whole()).expect("writes");
    assert!(!Library::open(&path).expect("opens").search("vampire survivors", 1).is_empty());
    fs::remove_file(&path).expect("removes");
}

#[test]
fn a_replaced_or_removed_file_goes_on_answering() {
    let path = std::env::temp_dir().join(format!("kissbot-replaced-{}.kbx", std::process::id()));
    write_whole(&path, &whole()).expect("writes");
    let mut library = Library::open(&path).expect("opens");
    write_whole(&path, b"KBXGAMES and then nothing").expect("writes");
    assert!(!library.search("vampire survivors", 1).is_empty());
    fs::remove_file(&path).expect("removes");
    assert!(!library.search("vampire survivors", 1).is_empty() && library.is_intact());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn spoilt_bytes(spoils in vec((any::<prop::sample::Index>(), any::<u8>()), 1..40), is_resealed in any::<bool>()) {
        let mut file = whole();
        for (at, byte) in &spoils {
            let at = at.index(file.len());
            file[at] = *byte;
        }
        use_it(if is_resealed { resealed(file) } else { file });
    }

    #[test]
    fn spoilt_numbers(spoils in vec((any::<prop::sample::Index>(), any::<u32>()), 1..60)) {
        let mut file = whole();
        for (at, number) in &spoils {
            let at = HEADER_BYTES + at.index((file.len() - HEADER_BYTES) / 4 - 1) * 4;
            file[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        use_it(resealed(file));
    }

    #[test]
    fn cut_files(length in any::<prop::sample::Index>()) {
        let file = whole();
        use_it(file[..length.index(file.len())].to_vec());
    }

    #[test]
    fn made_up_files(bytes in vec(any::<u8>(), 0..4_000)) {
        let mut file = b"KBXGAMES\x01\x00\x00\x00\x01\x00\x00\x00".to_vec();
        file.extend(bytes);
        use_it(file.clone());
        if file.len() > HEADER_BYTES + SECTIONS * SECTION_ROW_BYTES {
            use_it(resealed(file));
        }
    }
}
