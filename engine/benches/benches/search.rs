//! `cargo bench -p kissbot-games-bench`: the crate alone, over the catalogue or over the titles of KISSBOT_TITLES.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use kissbot_games::build::{build, merge};
use kissbot_games::catalogue::{read_titles, shipped};
use kissbot_games::index::Index;
use kissbot_games::normalise::Name;
use kissbot_games::search::Searcher;

fn measure(criterion: &mut Criterion) {
    let mut entries = shipped(true);
    if let Ok(file) = std::env::var("KISSBOT_TITLES") {
        entries.extend(read_titles(Path::new(&file)).expect("the file of titles can be read").entries);
    }
    let entries = merge(entries);
    criterion.bench_function("build", |bencher| bencher.iter(|| build(black_box(&entries), 0)));
    let mut name = Name::default();
    criterion
        .bench_function("normalise", |bencher| bencher.iter(|| name.fill(black_box("The Witcher III: Wild Hunt"))));
    let index = Index::of_bytes(build(&entries, 0)).expect("what was built opens");
    let mut searcher = Searcher::default();
    for (what, query) in [
        ("exact", "vampire survivors"),
        ("alias", "botw"),
        ("words", "survivors vampire"),
        ("edits", "vampyre survivrs"),
        ("tokens", "zelda breath wild"),
        ("nothing", "qwxz vbkj ztrw"),
    ] {
        criterion.bench_function(what, |bencher| bencher.iter(|| searcher.search(&index, black_box(query), 1).len()));
    }
}

criterion_group!(benches, measure);
criterion_main!(benches);
