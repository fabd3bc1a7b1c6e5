//! A biller that answers over HTTP what a scenario's recorded one answers, and
//! counts what was carried out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;

const REFERENCE: &str = "{{reference}}";

/// The stage, in one of the scenario's states.
pub struct Stage {
    /// Where it listens.
    pub url: String,
    played: Arc<Mutex<Played>>,
}

struct Played {
    exchanges: Vec<Value>,
    state: String,
    effects: usize,
}

impl Stage {
    /// Plays `tests/NAME.json` of a package from its first state on.
    pub fn of(scenario: &Path) -> Self {
        let scenario: Value = serde_json::from_slice(&std::fs::read(scenario).unwrap()).unwrap();
        let played = Arc::new(Mutex::new(Played {
            exchanges: scenario["exchanges"].as_array().unwrap().clone(),
            state: "unpaid".to_owned(),
            effects: 0,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = played.clone();
        std::thread::spawn(move || {
            for visitor in listener.incoming().map_while(Result::ok) {
                answer(visitor, &shared);
            }
        });
        Self { url, played }
    }

    /// What was carried out so far.
    pub fn effects(&self) -> usize {
        self.played.lock().unwrap().effects
    }
}

fn answer(mut visitor: TcpStream, played: &Mutex<Played>) {
    let Some((path, body)) = read(&visitor) else {
        return;
    };
    let (status, text) = played.lock().unwrap().answer(&path, &body);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    let _gone = visitor.write_all(format!("{head}{text}").as_bytes());
}

/// Path and body of a request.
fn read(visitor: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(visitor);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(told) = line.strip_prefix("content-length:") {
            length = told.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}

impl Played {
    fn answer(&mut self, path: &str, body: &str) -> (&'static str, String) {
        let matching = self.exchanges.iter().find_map(|exchange| {
            let when = &exchange["when"];
            let is_now = match when {
                Value::Array(states) => states.iter().any(|state| *state == self.state),
                state => *state == self.state,
            };
            let request = &exchange["request"];
            let asked = request["body"]["text"].as_str()?;
            let reference = captured(asked, body)?;
            (is_now && request["path"] == path).then(|| (exchange.clone(), reference))
        });
        let Some((exchange, reference)) = matching else {
            return (
                "404 Not Found",
                format!("nothing recorded for {path} {body}"),
            );
        };
        if let Some(next) = exchange["then"].as_str() {
            self.state = next.to_owned();
        }
        self.effects += usize::from(exchange["effect"].is_string());
        let text = exchange["response"]["body"]["text"].as_str();
        (
            "200 OK",
            text.unwrap_or_default().replace(REFERENCE, &reference),
        )
    }
}

/// What stands at the reference's place, where the rest is the same.
fn captured(recorded: &str, body: &str) -> Option<String> {
    let Some((before, after)) = recorded.split_once(REFERENCE) else {
        return (recorded == body).then(String::new);
    };
    let reference = body.strip_prefix(before)?.strip_suffix(after)?;
    Some(reference.to_owned())
}
