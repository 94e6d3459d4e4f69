//! `kissbot-drakon`: started by the house (`kissbot.sh drakon start`), or by hand.

use std::io::{Read, stdin};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use kissbot_drakon::papers::{Papers, USAGE, parse_arguments, parse_papers};
use kissbot_drakon::serve::{bind, serve};
use kissbot_drakon::service::Service;

/// sysexits.h: trying again changes nothing.
const EXIT_BAD_CONFIG: u8 = 78;
const LOOK_EVERY: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let papers = match read_papers() {
        Ok(papers) => papers,
        Err(problem) => {
            eprintln!("drakon: {problem}");
            return ExitCode::from(EXIT_BAD_CONFIG);
        }
    };
    let port = papers.port;
    let listener = match bind(port) {
        Ok(listener) => listener,
        Err(problem) => {
            eprintln!("drakon: it cannot listen at 127.0.0.1:{port}: {problem}; another port is set by ranker.port");
            return ExitCode::FAILURE;
        }
    };
    if papers.keeper.is_none() {
        println!("drakon: http://127.0.0.1:{}", listener.local_addr().map_or(port, |address| address.port()));
    }
    let service = Arc::new(Service::new(papers));
    let watched = Arc::clone(&service);
    thread::spawn(move || {
        loop {
            thread::sleep(LOOK_EVERY);
            if watched.is_orphaned(Instant::now()) {
                eprintln!("drakon: nobody looks after it any more, so it ends");
                std::process::exit(0);
            }
        }
    });
    eprintln!("drakon: {}", serve(&listener, &service));
    ExitCode::FAILURE
}

fn read_papers() -> Result<Papers, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [only] if only == "--papers" => {
            let mut text = String::new();
            stdin().read_to_string(&mut text).map_err(|problem| problem.to_string())?;
            parse_papers(&text)
        }
        [only] if only == "--help" => Err(USAGE.to_owned()),
        _ => parse_arguments(&arguments),
    }
}
