//! A city on loopback for tests, and a plain HTTP client that shows what really
//! came over the wire, broken answers included.
#![allow(dead_code, reason = "every test file uses another part of it")]

pub(crate) mod dialects;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use guichet_city::catalogue::{
    Amounts, Answering, Dialect, Flow, Kind, Reversal, Selection, Service, StatusQuery, Traits,
    country,
};
use guichet_city::{City, Clock, Options, Running, serve};
use serde_json::Value;

/// 2026-11-21 16:30 in Shanghai.
pub(crate) const NOON_MS: i64 = 1_795_249_800_000;

/// A listening city.
pub(crate) struct Town {
    pub(crate) address: String,
    pub(crate) clock: Arc<AtomicI64>,
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
}

impl Town {
    /// Opens a city of these services.
    pub(crate) fn open(services: &[Service]) -> Self {
        Self::with(services, Options::default())
    }

    /// Opens a city with these options and a clock that stands.
    pub(crate) fn with(services: &[Service], options: Options) -> Self {
        let clock = Arc::new(AtomicI64::new(NOON_MS));
        let options = Options {
            clock: Clock::Set(clock.clone()),
            ..options
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let city = Arc::new(City::open(services, &options).unwrap());
        let running = runtime
            .block_on(serve(city, "127.0.0.1:0".parse().unwrap()))
            .unwrap();
        let address = running.url().strip_prefix("http://").unwrap().to_owned();
        Self {
            address,
            clock,
            runtime,
            running: Some(running),
        }
    }

    /// Lets time pass.
    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.clock
            .fetch_add(seconds * 1_000, std::sync::atomic::Ordering::Relaxed);
    }

    /// Now, in milliseconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// A control path's answer.
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.exchange("GET", path, &[], b"").unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Posts to a control path.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.exchange("POST", path, &[], body.to_string().as_bytes())
            .unwrap()
    }

    /// Posts a fault.
    pub(crate) fn fault(&self, service: &str, fault: &str, on: &str) {
        let rule = serde_json::json!({"service": service, "fault": fault, "count": 1, "on": on});
        assert_eq!(self.post("/_faults", &rule).status, 200);
    }

    /// The effects of a service: reference and amount.
    pub(crate) fn effects(&self, service: &str) -> Vec<(String, i64)> {
        let log = self.get(&format!("/_log?service={service}"));
        log["effects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|effect| {
                assert_eq!(effect["service"], service);
                (
                    effect["reference"].as_str().unwrap().to_owned(),
                    effect["amount"].as_i64().unwrap(),
                )
            })
            .collect()
    }

    /// The first input of a sample.
    pub(crate) fn sample(&self, service: &Service, more: &str) -> String {
        let sample = self.get(&format!("/_sample?service={}{more}", service.code));
        sample["inputs"][service.inputs[0].name]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// One exchange on a connection of its own.
    pub(crate) fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        exchange(&self.address, method, path, headers, body)
    }

    /// Closes the city.
    pub(crate) fn close(mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body has the promised length.
    pub(crate) is_whole: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(one, _)| one == name)
            .map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One exchange; an error where no complete head came back.
pub(crate) fn exchange(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(6_000)))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: city\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    let Some(split) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        ended?;
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    };
    let head = String::from_utf8(bytes[..split].to_vec()).unwrap();
    let body = bytes[split + 4..].to_vec();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        })
        .collect();
    let promised = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map(|(_, value)| value.parse::<usize>().unwrap());
    let is_whole = promised == Some(body.len());
    Ok(Answer {
        status,
        headers,
        body,
        is_whole,
    })
}

/// A metered service of this dialect, with a usual biller's behaviour.
pub(crate) fn water(dialect: Dialect) -> Service {
    let mut service = country()
        .services()
        .iter()
        .find(|service| service.category == "water")
        .expect("the country has water")
        .clone();
    service.code = format!("water-{}", dialect.as_str());
    service.package = format!("guichet-demo/water-{}", dialect.as_str());
    service.dialect = dialect;
    service.flow = Flow::Query;
    service.traits = Traits {
        status: StatusQuery::Authoritative { after_seconds: 5 },
        deduplicates: true,
        reversal: Reversal::SameDay {
            until_minute: 22 * 60,
        },
        maintenance: None,
        season: None,
        selection: Selection::Any,
        amounts: Amounts::Exact,
        answering: Answering::Immediate,
        applying: Answering::Immediate,
        delay_ms: 0,
    };
    service
}

/// The first service of the country with this dialect and kind, at its best
/// behaviour.
pub(crate) fn agency(dialect: Dialect, kind: Kind) -> Service {
    let mut service = country()
        .services()
        .iter()
        .find(|service| service.dialect == dialect && service.kind == kind)
        .unwrap_or_else(|| panic!("the country has {}", dialect.as_str()))
        .clone();
    service.traits.maintenance = None;
    service.traits.delay_ms = 0;
    service.traits.deduplicates = true;
    service.traits.answering = Answering::Immediate;
    service.traits.applying = Answering::Immediate;
    service.traits.status = StatusQuery::Authoritative { after_seconds: 5 };
    service
}

/// The five dialects of ordinary billers.
pub(crate) const DIALECTS: [Dialect; 5] = [
    Dialect::JsonHmac,
    Dialect::JsonRsa,
    Dialect::XmlGb18030,
    Dialect::Form,
    Dialect::JsonSm2,
];
