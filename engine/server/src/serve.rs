//! The listener and its threads: so many questions at once, a short queue, and no panic gets further than its question.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::http::{Response, Unread, read_request, write_response};
use crate::service::Service;

const THREADS: usize = 4;
const WAITING_MAX: usize = 64;
/// A client that says nothing for so long has gone.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// On loopback, whatever happens.
pub fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

/// Returns when the listener is broken.
pub fn serve(listener: &TcpListener, service: &Arc<Service>) -> io::Error {
    let (queue, waiting) = sync_channel::<TcpStream>(WAITING_MAX);
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..THREADS {
        let (waiting, service) = (Arc::clone(&waiting), Arc::clone(service));
        thread::spawn(move || work(&waiting, &service));
    }
    loop {
        match listener.accept() {
            Ok((stream, _)) => hand_over(&queue, stream),
            // Of one connection, or of a moment without file handles.
            Err(error) if is_passing(&error) => thread::sleep(Duration::from_millis(20)),
            Err(error) => return error,
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    const NO_HANDLES: [i32; 2] = [23, 24];
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted | io::ErrorKind::ConnectionReset
    ) || error.raw_os_error().is_some_and(|code| NO_HANDLES.contains(&code))
}

fn hand_over(queue: &SyncSender<TcpStream>, stream: TcpStream) {
    if let Err(TrySendError::Full(mut stream) | TrySendError::Disconnected(mut stream)) = queue.try_send(stream) {
        let _ = stream.set_write_timeout(Some(Duration::from_millis(50)));
        let _ = write_response(&mut stream, &Response::refuse(503, "too many ask at once"));
    }
}

fn work(waiting: &Mutex<Receiver<TcpStream>>, service: &Service) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut stream) = next else { return };
        let _ = exchange(&mut stream, service);
    }
}

fn exchange(stream: &mut TcpStream, service: &Service) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    stream.set_write_timeout(Some(SILENCE_MAX))?;
    stream.set_nodelay(true)?;
    let response = match read_request(stream) {
        Ok(request) => catch_unwind(AssertUnwindSafe(|| service.answer(&request)))
            .unwrap_or_else(|_| Response::refuse(500, "this is a defect of the service's own")),
        Err(Unread::Refused(response)) => response,
        Err(Unread::Gone) => return Ok(()),
    };
    write_response(stream, &response)
}
