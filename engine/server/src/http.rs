//! As much HTTP/1.1 as one question and one answer take: bounded in size and time, one exchange for each connection.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

pub const HEAD_BYTES_MAX: usize = 8 * 1_024;
pub const BODY_BYTES_MAX: usize = 128 * 1_024;
const HEADERS_MAX: usize = 48;
/// From the first byte to the last of what is asked.
pub const ASKED_WITHIN: Duration = Duration::from_secs(5);
const CHUNK: usize = 4 * 1_024;

#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// Behind the question mark, as it was sent.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub body: String,
}

impl Response {
    pub fn json(status: u16, body: &impl serde::Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(body) => Self { status, body },
            Err(_) => Self { status: 500, body: r#"{"error":"the answer could not be written"}"#.to_owned() },
        }
    }

    pub fn refuse(status: u16, problem: &str) -> Self {
        Self::json(status, &serde_json::json!({ "error": problem }))
    }
}

#[derive(Debug)]
pub enum Unread {
    /// Said to whoever asked.
    Refused(Response),
    /// Nobody is there any more.
    Gone,
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                Unread::Refused(Response::refuse(408, "the question did not come in time"))
            }
            _ => Unread::Gone,
        }
    }
}

fn refused<T>(status: u16, problem: &str) -> Result<T, Unread> {
    Err(Unread::Refused(Response::refuse(status, problem)))
}

/// `from` must give up by itself when nothing comes.
pub fn read_request(from: &mut impl Read) -> Result<Request, Unread> {
    let until = Instant::now() + ASKED_WITHIN;
    let mut bytes = Vec::new();
    loop {
        if let Some((mut request, head, length)) = parse_head(&bytes)? {
            bytes.drain(..head);
            while bytes.len() < length {
                read_more(from, &mut bytes, until)?;
            }
            bytes.truncate(length);
            request.body = bytes;
            return Ok(request);
        }
        if bytes.len() > HEAD_BYTES_MAX {
            return refused(431, "the head is too large");
        }
        read_more(from, &mut bytes, until)?;
    }
}

fn read_more(from: &mut impl Read, bytes: &mut Vec<u8>, until: Instant) -> Result<(), Unread> {
    if Instant::now() > until {
        return refused(408, "the question did not come in time");
    }
    let mut chunk = [0_u8; CHUNK];
    match from.read(&mut chunk)? {
        0 => Err(Unread::Gone),
        count => {
            bytes.extend_from_slice(&chunk[..count]);
            Ok(())
        }
    }
}

/// With the length of the head and of the body; nothing while the head is not whole.
fn parse_head(bytes: &[u8]) -> Result<Option<(Request, usize, usize)>, Unread> {
    let mut room = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut room);
    let head = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return refused(400, "that is no HTTP"),
    };
    let target = parsed.path.unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).trim().to_owned()))
        .collect();
    let request = Request {
        method: parsed.method.unwrap_or("").to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
    };
    if request.header("transfer-encoding").is_some() {
        return refused(411, "a content-length is needed");
    }
    let length = match request.header("content-length") {
        None => 0,
        Some(text) => match text.parse::<usize>() {
            Ok(length) => length,
            Err(_) => return refused(400, "that content-length is no number"),
        },
    };
    if length > BODY_BYTES_MAX {
        return refused(413, "the body is too large");
    }
    Ok(Some((request, head, length)))
}

pub fn write_response(to: &mut impl Write, response: &Response) -> io::Result<()> {
    let Response { status, body } = response;
    let head = format!(
        "HTTP/1.1 {status} {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
        reason(*status),
        body.len(),
    );
    // One write: a head alone would wait for the other side's acknowledgement.
    to.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    to.flush()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// `a=b+c&d=%C3%A9`: the first of this name; nothing where it is not, or is no text.
pub fn find_parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key == name { decode(value) } else { None }
    })
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Result<Request, Unread> {
        read_request(&mut &text[..])
    }
    fn status(text: &[u8]) -> Option<u16> {
        match read(text) {
            Err(Unread::Refused(response)) => Some(response.status),
            _ => None,
        }
    }

    #[test]
    fn a_question_is_read_whole() {
        let read = read(b"POST /v1/rank?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyMORE");
        let request = read.expect("a question");
        assert_eq!(
            (request.method.as_str(), request.path.as_str(), request.query.as_str()),
            ("POST", "/v1/rank", "x=1")
        );
        assert_eq!(request.body, b"body");
        assert_eq!(request.header("host"), Some("a"));
    }

    #[test]
    fn what_is_too_much_or_no_http_is_refused() {
        assert_eq!(status(b"nonsense\r\n\r\n"), Some(400));
        assert_eq!(status(b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n"), Some(400));
        assert_eq!(status(b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"), Some(413));
        assert_eq!(status(b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), Some(411));
        let long = format!("GET / HTTP/1.1\r\nX: {}", "y".repeat(2 * HEAD_BYTES_MAX));
        assert_eq!(status(long.as_bytes()), Some(431));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(HEADERS_MAX + 1));
        assert_eq!(status(many.as_bytes()), Some(400));
        assert!(matches!(read(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort"), Err(Unread::Gone)));
    }

    #[test]
    fn parameters_are_decoded() {
        assert_eq!(find_parameter("q=pok%C3%A9mon+red&limit=3", "q").as_deref(), Some("pokémon red"));
        assert_eq!(find_parameter("q=pok%C3%A9mon&limit=3", "limit").as_deref(), Some("3"));
        for broken in ["q=%", "q=%f", "q=%zz", "q=%ff", "r=1", ""] {
            assert_eq!(find_parameter(broken, "q"), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let _ = read(&bytes);
        }
        #[test]
        fn no_parameter_does(query in ".{0,80}") {
            let _ = find_parameter(&query, "q");
        }
    }
}
