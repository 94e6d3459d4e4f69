//! What the service is told at its start: by its keeper on standard input, or by a person on the command line.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

pub const PORT: u16 = 8_090;
pub const USAGE: &str = "usage: kissbot-drakon [--port PORT] [--index FILE.kbx] | --papers (JSON on standard input)";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    pub port: u16,
    pub index: Option<PathBuf>,
    pub keeper: Option<Keeper>,
}

/// Who started it and looks after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// Said by `/health`, so that the keeper knows its own child from another program at this port.
    pub spawn_id: String,
    /// Whoever knows it is the keeper.
    pub credential: String,
    /// Not looked at for so long, it ends.
    pub orphan_after: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    port: u16,
    index_file: Option<PathBuf>,
    spawn_id: String,
    keeper: String,
    orphan_after_ms: u64,
}

pub fn parse_papers(text: &str) -> Result<Papers, String> {
    let written: Written = serde_json::from_str(text).map_err(|problem| format!("these are no papers: {problem}"))?;
    Ok(Papers {
        port: written.port,
        index: written.index_file,
        keeper: Some(Keeper {
            spawn_id: written.spawn_id,
            credential: written.keeper,
            orphan_after: Duration::from_millis(written.orphan_after_ms.max(1_000)),
        }),
    })
}

pub fn parse_arguments(arguments: &[String]) -> Result<Papers, String> {
    let mut papers = Papers { port: PORT, index: None, keeper: None };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match (argument.as_str(), rest.next()) {
            ("--port", Some(port)) => {
                papers.port = port.parse().map_err(|_| format!("\"{port}\" is no port; {USAGE}"))?;
            }
            ("--index", Some(file)) => papers.index = Some(PathBuf::from(file)),
            _ => return Err(format!("\"{argument}\" is not understood; {USAGE}")),
        }
    }
    Ok(papers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn a_person_names_port_and_index() {
        let papers = parse_arguments(&arguments(&["--port", "9000", "--index", "a.kbx"]));
        assert_eq!(papers, Ok(Papers { port: 9_000, index: Some(PathBuf::from("a.kbx")), keeper: None }));
        assert_eq!(parse_arguments(&[]).map(|papers| papers.port), Ok(PORT));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for words in [&["--port"][..], &["--port", "high"], &["--port", "70000"], &["--host", "0.0.0.0"], &["index"]] {
            assert!(parse_arguments(&arguments(words)).is_err(), "{words:?}");
        }
        for text in ["", "{}", "null", r#"{"port":-1}"#, r#"{"port":1,"spawnId":7}"#] {
            assert!(parse_papers(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_keeper_hands_over_more_than_is_read() {
        let text = r#"{"childId":"drakon","port":8090,"indexFile":"/x/games.kbx","spawnId":"s","credential":"x","keeper":"c","orphanAfterMs":60000}"#;
        let keeper = parse_papers(text).ok().and_then(|papers| papers.keeper);
        assert_eq!(keeper.map(|keeper| keeper.orphan_after), Some(Duration::from_secs(60)));
    }
}
