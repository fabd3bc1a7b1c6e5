//! A server on loopback that answers each connection's requests by a script, byte
//! for byte, and keeps what it was sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one request.
#[derive(Clone)]
pub enum Act {
    /// These bytes are sent; the connection stays open.
    Answer(Vec<u8>),
    /// These bytes are sent, then the connection is closed.
    AnswerAndClose(Vec<u8>),
    /// Nothing, for ever.
    Hang,
    /// The connection is closed after the request was read.
    Close,
}

/// A 200 with this body.
pub fn ok(body: &str) -> Act {
    Act::Answer(with_status(200, body))
}

pub fn with_status(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Word\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub struct Server {
    pub port: u16,
    pub requests: Arc<Mutex<Vec<String>>>,
    pub connections: Arc<Mutex<u32>>,
}

impl Server {
    /// The n-th request (over all connections) meets the n-th act, later ones the
    /// last.
    pub async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let connections: Arc<Mutex<u32>> = Arc::default();
        let (seen, counted) = (Arc::clone(&requests), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                tokio::spawn(serve(stream, acts.clone(), Arc::clone(&seen)));
            }
        });
        Self {
            port,
            requests,
            connections,
        }
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, acts: Vec<Act>, seen: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read_request(&mut stream).await {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request);
            seen.len() - 1
        };
        match &acts[number.min(acts.len() - 1)] {
            Act::Answer(bytes) => stream.write_all(bytes).await.unwrap(),
            Act::AnswerAndClose(bytes) => {
                stream.write_all(bytes).await.unwrap();
                return;
            }
            Act::Hang => std::future::pending().await,
            Act::Close => return,
        }
    }
}

/// Head and body of one request, or none at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return Some(text);
            }
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
}
