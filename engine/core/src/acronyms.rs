//! Short forms that follow from a title by rule: initials with and without the small words, numbers whole, of the whole
//! title, its head and its subtitle. What does not follow by rule stands in the catalogue.

use crate::normalise::{Name, is_article, to_digits};

/// Letters and digits. Longer ones nobody types.
pub const LENGTHS: std::ops::RangeInclusive<usize> = 2..=8;
/// Shorter words are not shortened, and by no more than so many letters.
const CLIPPED_FROM: usize = 5;
const CLIPPED_LETTERS_MAX: usize = 4;
const SMALL_WORDS: [&str; 13] = ["the", "a", "an", "of", "and", "in", "to", "for", "at", "on", "from", "with", "s"];
/// Words that count parts and are left out of a short form: "The Last of Us Part II" is tlou2.
const PART_WORDS: [&str; 6] = ["part", "episode", "chapter", "volume", "vol", "act"];
/// Whose game it is stands first, and is left out.
const LICENCES: [&str; 5] = ["Star Wars ", "Marvel's ", "Tom Clancy's ", "Sid Meier's ", "EA Sports "];
/// How titles set their subtitle apart.
const SEPARATORS: [&str; 4] = [": ", " - ", " – ", " — "];

/// Head and subtitle, where there is one.
pub fn split_title(title: &str) -> Option<(&str, &str)> {
    SEPARATORS
        .iter()
        .filter_map(|separator| title.split_once(separator))
        .min_by_key(|(head, _)| head.len())
        .filter(|(head, subtitle)| !head.trim().is_empty() && !subtitle.trim().is_empty())
}

/// Calls with each form once; the same title gives the same forms on every machine.
pub fn derive(title: &str) -> Vec<String> {
    let mut forms = Vec::new();
    add_forms(title, &mut forms);
    if let Some((head, subtitle)) = split_title(title) {
        add_forms(subtitle, &mut forms);
        add_forms(head, &mut forms);
        add_head_with_subtitle(head, subtitle, &mut forms);
    }
    forms.retain(|form| {
        LENGTHS.contains(&form.len()) && form.is_ascii() && form.bytes().any(|byte| byte.is_ascii_alphabetic())
    });
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn add_forms(part: &str, forms: &mut Vec<String>) {
    let words = words_of(part);
    add_clipped(&words, forms);
    if words.len() < 2 {
        return;
    }
    for numbers in [Numbers::Digits, Numbers::Letters] {
        for left_out in [LeftOut::Nothing, LeftOut::Parts, LeftOut::Small] {
            forms.push(initials(&words, left_out, numbers));
        }
        if is_article(&words[0]) {
            forms.push(initials(&words[1..], LeftOut::Parts, numbers));
        }
    }
    // The first of a series is counted when its followers are meant to be told apart: "Dark Souls" is ds1.
    if !words.iter().skip(1).any(|word| is_number(word) || to_digits(word).is_some()) {
        forms.push(format!("{}1", initials(&words, LeftOut::Small, Numbers::Digits)));
    }
    // "Counter-Strike" is cs, whatever is done with hyphens; "Star Wars Jedi: Fallen Order" drops its licence.
    for licence in LICENCES {
        if let Some(rest) = part.strip_prefix(licence).filter(|rest| rest.contains(' ')) {
            forms.push(initials(&words_of(rest), LeftOut::Small, Numbers::Digits));
        }
    }
    // "StarCraft II" is sc2, "BioShock" bs.
    let cut = words_of(&split_camel_case(part));
    if cut.len() != words.len() {
        forms.push(initials(&cut, LeftOut::Small, Numbers::Digits));
    }
}

/// One long word and perhaps a number: "Fallout 4" is fo4, f4 and fall4; "Diablo" d1.
fn add_clipped(words: &[String], forms: &mut Vec<String>) {
    let (word, number) = match words {
        [word] => (word, "1"),
        [word, number] => match to_digits(number) {
            Some(digits) => (word, digits),
            None if is_number(number) => (word, number.as_str()),
            None => return,
        },
        _ => return,
    };
    if !word.is_ascii() || word.len() < CLIPPED_FROM {
        return;
    }
    for letters in 1..=CLIPPED_LETTERS_MAX {
        forms.push(format!("{}{number}", &word[..letters]));
    }
    if words.len() == 1 {
        forms.extend((2..=CLIPPED_LETTERS_MAX).map(|letters| word[..letters].to_owned()));
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// "Grand Theft Auto: Vice City" is gta vc, "Counter-Strike: Source" css, "Final Fantasy VII: Remake" ff7 remake.
fn add_head_with_subtitle(head: &str, subtitle: &str, forms: &mut Vec<String>) {
    let short = initials(&words_of(head), LeftOut::Small, Numbers::Digits);
    let words = words_of(subtitle);
    if let [word] = words.as_slice() {
        forms.push(format!("{short}{word}"));
        forms.extend(word.chars().next().map(|first| format!("{short}{first}")));
    }
    let small = initials(&words, LeftOut::Small, Numbers::Digits);
    forms.push(format!("{short}{small}"));
    if let [only] = words_of(head).as_slice() {
        // "Fallout: New Vegas" is fonv as well as fnv.
        forms.extend(only.get(..2).map(|two| format!("{two}{small}")));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Numbers {
    Digits,
    Letters,
}

fn words_of(text: &str) -> Vec<String> {
    let name = Name::of(text);
    let spaced = name.spaced();
    spaced.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// "The Last of Us Part II" is tloup2, tlou2 or lu2.
#[derive(Clone, Copy, PartialEq)]
enum LeftOut {
    Nothing,
    Parts,
    Small,
}

fn initials(words: &[String], left_out: LeftOut, numbers: Numbers) -> String {
    let mut form = String::new();
    for (at, word) in words.iter().enumerate() {
        let is_part = left_out != LeftOut::Nothing && PART_WORDS.contains(&word.as_str());
        if is_part || left_out == LeftOut::Small && SMALL_WORDS.contains(&word.as_str()) {
            continue;
        }
        let numeral = if at > 0 { to_digits(word) } else { None };
        match (numeral, numbers) {
            (Some(digits), Numbers::Digits) => form.push_str(digits),
            (Some(_), Numbers::Letters) => form.push_str(word),
            (None, _) if word.bytes().all(|byte| byte.is_ascii_digit()) => form.push_str(word),
            (None, _) => form.extend(word.chars().next()),
        }
    }
    form
}

fn split_camel_case(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut was_lower = false;
    for one in text.chars() {
        if was_lower && one.is_uppercase() {
            spaced.push(' ');
        }
        was_lower = one.is_lowercase();
        spaced.push(one);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_rules() {
        for (title, form) in [
            ("Grand Theft Auto V", "gta5"),
            ("Grand Theft Auto V", "gtav"),
            ("The Legend of Zelda: Breath of the Wild", "botw"),
            ("The Last of Us Part II", "tlou2"),
            ("StarCraft II: Wings of Liberty", "sc2"),
            ("Left 4 Dead 2", "l4d2"),
            ("Counter-Strike: Global Offensive", "csgo"),
            ("Counter-Strike: Source", "cssource"),
            ("World of Warcraft", "wow"),
        ] {
            assert!(derive(title).iter().any(|one| one == form), "{title}: {:?}", derive(title));
        }
    }
}
