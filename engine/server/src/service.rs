//! What each address answers. Pure but for the index and the clock it is handed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use crate::http::{Request, Response, find_parameter};
use crate::papers::{Keeper, Papers};
use crate::rank::{CANDIDATES_MAX, TEXT_BYTES_MAX, rank};
use crate::search::Shelf;

const SEARCHED: usize = 5;
/// Whoever may ask: a page in a browser that was sent here by another name may not.
const HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

pub struct Service {
    shelf: Mutex<Shelf>,
    keeper: Option<Keeper>,
    began: Instant,
    /// When the keeper has looked last.
    seen: Mutex<Instant>,
}

#[derive(Deserialize)]
struct Asked {
    query: String,
    candidates: Vec<String>,
}

impl Service {
    pub fn new(papers: Papers) -> Self {
        let now = Instant::now();
        Self { shelf: Mutex::new(Shelf::new(papers.index)), keeper: papers.keeper, began: now, seen: Mutex::new(now) }
    }

    /// Nobody has looked after it for longer than it may be alone.
    pub fn is_orphaned(&self, now: Instant) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.keeper.as_ref().is_some_and(|keeper| now.saturating_duration_since(seen) > keeper.orphan_after)
    }

    pub fn answer(&self, request: &Request) -> Response {
        if !request.header("host").is_some_and(is_own_host) {
            return Response::refuse(403, "this service answers to its own machine only");
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/health") => self.health(request),
            ("POST", "/v1/rank") => rank_candidates(request),
            ("GET", "/v1/search") => self.search(request),
            (_, "/health" | "/v1/rank" | "/v1/search") => Response::refuse(405, "not by this method"),
            _ => Response::refuse(404, "there are /health, /v1/rank and /v1/search"),
        }
    }

    fn health(&self, request: &Request) -> Response {
        let keeper = self.keeper.as_ref();
        if keeper.is_some_and(|keeper| request.header("x-kissbot-keeper") == Some(keeper.credential.as_str())) {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        let titles = self.shelf.lock().unwrap_or_else(PoisonError::into_inner).titles();
        Response::json(
            200,
            &json!({
                "status": "ok",
                "version": env!("CARGO_PKG_VERSION"),
                "uptime_ms": self.began.elapsed().as_millis() as u64,
                "titles": titles.as_ref().ok(),
                "index_problem": titles.as_ref().err(),
                "spawn_id": keeper.map(|keeper| keeper.spawn_id.as_str()),
            }),
        )
    }

    fn search(&self, request: &Request) -> Response {
        let Some(query) = find_parameter(&request.query, "q").filter(|query| is_fit(query)) else {
            return Response::refuse(400, "q: what is searched for, 1 to 512 bytes");
        };
        let limit = match find_parameter(&request.query, "limit").map(|text| text.parse::<usize>()) {
            None => SEARCHED,
            Some(Ok(limit)) if limit > 0 => limit,
            Some(_) => return Response::refuse(400, "limit: how many at most, 1 to 20"),
        };
        let began = Instant::now();
        let found = self.shelf.lock().unwrap_or_else(PoisonError::into_inner).search(&query, limit);
        match found {
            Ok(results) => Response::json(200, &json!({ "results": results, "latency_ms": ms(began.elapsed()) })),
            Err(problem) => Response::refuse(503, &format!("there is no index to search: {problem}")),
        }
    }
}

/// Both shapes in which DRAKON's clients expect it.
fn rank_candidates(request: &Request) -> Response {
    if !request.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json")) {
        return Response::refuse(415, "the body is to be application/json");
    }
    let Ok(Asked { query, candidates }) = serde_json::from_slice::<Asked>(&request.body) else {
        return Response::refuse(400, "the body is to be {\"query\": text, \"candidates\": [text, …]}");
    };
    if !is_fit(&query) {
        return Response::refuse(400, "query: 1 to 512 bytes");
    }
    if candidates.is_empty() || candidates.len() > CANDIDATES_MAX || candidates.iter().any(|title| !is_fit(title)) {
        return Response::refuse(400, "candidates: 1 to 100, each of 1 to 512 bytes");
    }
    let began = Instant::now();
    let ranked = rank(&query, &candidates);
    let results: Vec<_> = ranked
        .iter()
        .map(|one| json!({ "candidate": candidates[one.index], "score": one.score, "index": one.index }))
        .collect();
    let by_name: Vec<_> =
        ranked.iter().map(|one| json!({ "name": candidates[one.index], "score": one.score })).collect();
    Response::json(200, &json!({ "results": results, "ranked": by_name, "latency_ms": ms(began.elapsed()) }))
}

fn is_fit(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= TEXT_BYTES_MAX
}

fn is_own_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    HOSTS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn ms(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> Service {
        let keeper = Keeper { spawn_id: "s1".into(), credential: "c1".into(), orphan_after: Duration::from_secs(60) };
        Service::new(Papers { port: 0, index: None, keeper: Some(keeper) })
    }
    fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut all = vec![("host".to_owned(), "127.0.0.1:8090".to_owned())];
        all.extend(headers.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())));
        Request {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: all,
            body: body.as_bytes().to_vec(),
        }
    }
    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

    #[test]
    fn ranks_in_both_shapes() {
        let body = r#"{"query":"hades","candidates":["Hades II","Hades"]}"#;
        let response = service().answer(&request("POST", "/v1/rank", &[JSON], body));
        assert_eq!(response.status, 200);
        let value: serde_json::Value = serde_json::from_str(&response.body).expect("JSON");
        assert_eq!(value["results"][0]["index"], 1);
        assert_eq!(value["results"][0]["candidate"], "Hades");
        assert_eq!(value["ranked"][0]["name"], "Hades");
        assert!(value["latency_ms"].is_number());
    }

    #[test]
    fn bad_questions_get_a_sentence() {
        let long = "x".repeat(600);
        let many = format!(r#"{{"query":"a","candidates":[{}]}}"#, vec![r#""a""#; 101].join(","));
        for (asked, status) in [
            (request("POST", "/v1/rank", &[], "{}"), 415),
            (request("POST", "/v1/rank", &[JSON], ""), 400),
            (request("POST", "/v1/rank", &[JSON], "[]"), 400),
            (request("POST", "/v1/rank", &[JSON], r#"{"query":" ","candidates":["a"]}"#), 400),
            (request("POST", "/v1/rank", &[JSON], r#"{"query":"a","candidates":[]}"#), 400),
            (request("POST", "/v1/rank", &[JSON], r#"{"query":"a","candidates":[7]}"#), 400),
            (request("POST", "/v1/rank", &[JSON], &many), 400),
            (request("POST", "/v1/rank", &[JSON], &format!(r#"{{"query":"{long}","candidates":["a"]}}"#)), 400),
            (request("GET", "/v1/rank", &[], ""), 405),
            (request("GET", "/v1/search", &[], ""), 400),
            (request("GET", "/v1/search?q=a&limit=none", &[], ""), 400),
            (request("GET", "/v1/search?q=a", &[], ""), 503),
            (request("GET", "/", &[], ""), 404),
        ] {
            let response = service().answer(&asked);
            assert_eq!(response.status, status, "{} {}: {}", asked.method, asked.path, response.body);
            assert!(response.body.contains("error"));
        }
    }

    #[test]
    fn answers_its_own_machine_only() {
        for (host, status) in [
            ("localhost", 200),
            ("LOCALHOST:1", 200),
            ("[::1]:8090", 200),
            ("evil.example", 403),
            ("127.0.0.1.evil.example:80", 403),
        ] {
            let mut asked = request("GET", "/health", &[], "");
            asked.headers = vec![("host".to_owned(), host.to_owned())];
            assert_eq!(service().answer(&asked).status, status, "{host}");
        }
    }

    #[test]
    fn is_alone_when_its_keeper_does_not_look() {
        let service = service();
        let later = Instant::now() + Duration::from_secs(61);
        assert!(!service.is_orphaned(Instant::now()));
        assert!(service.is_orphaned(later));
        let before = *service.seen.lock().expect("a lock");
        service.answer(&request("GET", "/health", &[("x-kissbot-keeper", "wrong")], ""));
        assert_eq!(*service.seen.lock().expect("a lock"), before);
        service.answer(&request("GET", "/health", &[("x-kissbot-keeper", "c1")], ""));
        assert!(*service.seen.lock().expect("a lock") > before);
    }
}
