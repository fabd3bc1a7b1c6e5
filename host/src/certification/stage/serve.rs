//! Serves one call of a plugin on loopback sockets and breaks the exchange that
//! is to be broken. Each call has sockets of its own, so that nothing of one
//! run reaches another.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use guichet_domain::id::EndpointName;
use guichet_registry::certification::{Fault, Moment};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::http::{self, Written};
use super::strike::{Instead, Strike};
use super::{Found, Stage};

/// How late a slow answer comes.
const SLOW: Duration = Duration::from_millis(30);

/// What the stage saw during one call.
#[derive(Debug, Clone, Default)]
pub(in crate::certification) struct Seen {
    /// Exchanges that took place as recorded, by their number in the scenario,
    /// in turn; a broken one included.
    pub(in crate::certification) exchanges: Vec<usize>,
    /// Requests that nothing matches, with the nearest exchange.
    pub(in crate::certification) strange: Vec<String>,
    /// Requests recorded for another state, with that exchange and the state.
    pub(in crate::certification) out_of_state: Vec<(usize, String)>,
    connections: usize,
}

/// The stage, open for one call.
pub(in crate::certification) struct Opening {
    /// Where each endpoint is.
    pub(in crate::certification) addresses: BTreeMap<EndpointName, SocketAddr>,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

struct Server {
    stage: Arc<Stage>,
    strike: Option<Strike>,
    seen: Arc<Mutex<Seen>>,
}

/// Sockets that accept: logical endpoint and listener.
type Listeners = Vec<(EndpointName, TcpListener)>;

impl Opening {
    /// Opens the stage for the endpoints of a manifest.
    pub(in crate::certification) async fn open(
        stage: &Arc<Stage>,
        endpoints: impl Iterator<Item = &EndpointName>,
        strike: Option<Strike>,
    ) -> std::io::Result<Self> {
        let mut addresses = BTreeMap::new();
        let mut listeners = Listeners::new();
        for name in endpoints {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            addresses.insert(name.clone(), listener.local_addr()?);
            listeners.push((name.clone(), listener));
        }
        let seen = Arc::new(Mutex::new(Seen::default()));
        let server = Server {
            stage: stage.clone(),
            strike,
            seen: seen.clone(),
        };
        let mut refusing = Vec::new();
        if server.refuses_next() {
            refusing = refuse(&mut listeners);
        }
        let task = tokio::spawn(server.run(listeners, refusing));
        Ok(Self {
            addresses,
            seen,
            task,
        })
    }

    /// Closes it and tells what it saw.
    pub(in crate::certification) async fn close(self) -> Seen {
        self.task.abort();
        // Whether it ended by itself or was stopped makes no difference.
        let _ended = self.task.await;
        lock(&self.seen).clone()
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next connection on any of the listeners.
async fn accept(listeners: &Listeners) -> std::io::Result<(EndpointName, TcpStream)> {
    std::future::poll_fn(|context| {
        for (name, listener) in listeners {
            if let std::task::Poll::Ready(accepted) = listener.poll_accept(context) {
                return std::task::Poll::Ready(accepted.map(|(stream, _)| (name.clone(), stream)));
            }
        }
        std::task::Poll::Pending
    })
    .await
}

/// Stops listening and keeps the ports: somebody else's server there would answer
/// in place of a refusal.
fn refuse(listeners: &mut Listeners) -> Vec<TcpSocket> {
    let hold = |(_, listener): (EndpointName, TcpListener)| {
        let address = listener.local_addr().ok()?;
        drop(listener);
        let socket = TcpSocket::new_v4().ok()?;
        socket.set_reuseaddr(true).ok()?;
        socket.bind(address).ok()?;
        Some(socket)
    };
    listeners.drain(..).filter_map(hold).collect()
}

impl Server {
    /// One connection after the other: a plugin waits for each answer. Ports that
    /// refuse are held until the stage is closed.
    async fn run(self, mut listeners: Listeners, mut refusing: Vec<TcpSocket>) {
        while !listeners.is_empty() {
            let Ok((endpoint, stream)) = accept(&listeners).await else {
                return;
            };
            lock(&self.seen).connections += 1;
            let next_is_refused = self.refuses_next();
            self.serve(&endpoint, stream, || {
                if next_is_refused {
                    refusing.extend(refuse(&mut listeners));
                }
            })
            .await;
        }
        std::future::pending::<()>().await;
    }

    /// Whether the next connection is one that nobody accepts.
    fn refuses_next(&self) -> bool {
        let next = lock(&self.seen).connections + 1;
        self.strike
            .is_some_and(|strike| strike.fault == Fault::Refused && strike.position == next)
    }

    /// The fault that strikes the present connection.
    fn strike_now(&self) -> Option<Strike> {
        let now = lock(&self.seen).connections;
        self.strike.filter(|strike| strike.position == now)
    }

    /// Serves one connection; `before_answer` is called before the plugin can go
    /// on. A plugin that goes away early is no mistake of the stage.
    async fn serve(
        &self,
        endpoint: &EndpointName,
        mut stream: TcpStream,
        before_answer: impl FnOnce(),
    ) {
        let strike = self.strike_now();
        if strike.is_some_and(|strike| strike.fault == Fault::ResetBefore) {
            before_answer();
            return reset(stream);
        }
        let Some(arrived) = http::read(endpoint.as_str(), &mut stream).await else {
            return;
        };
        let found = self.stage.find(&arrived);
        let written = match found {
            Found::Recorded(index) => {
                lock(&self.seen).exchanges.push(index);
                match strike {
                    Some(strike) => return self.strike(strike, index, stream).await,
                    None => {
                        self.stage.carry_out(index);
                        self.recorded(index)
                    }
                }
            }
            Found::OutOfState(index, state) => {
                lock(&self.seen)
                    .out_of_state
                    .push((index, state.to_string()));
                self.stage.carry_out_again(index);
                nothing()
            }
            Found::Nothing(text) => {
                lock(&self.seen).strange.push(text);
                nothing()
            }
        };
        before_answer();
        send(stream, &written).await;
    }

    fn recorded(&self, index: usize) -> Written {
        let response = &self.stage.exchange(index).response;
        http::recorded(response, self.stage.values())
    }

    async fn strike(&self, strike: Strike, index: usize, mut stream: TcpStream) {
        let fault = strike.fault;
        match fault {
            Fault::LateSuccess => self.stage.postpone(index),
            _ if strike.moment == Moment::After => self.stage.carry_out(index),
            _ => {}
        }
        let written = self.recorded(index);
        match fault {
            Fault::ResetAfter | Fault::ResetBefore | Fault::Refused => reset(stream),
            Fault::SilentBefore | Fault::SilentAfter | Fault::LateSuccess => {
                wait_for_the_end(&mut stream).await;
            }
            Fault::Cut => cut(stream, &written).await,
            Fault::Truncated => send(stream, &self.truncated(index, &written)).await,
            Fault::Twice => {
                let answer = self.second(index).unwrap_or(written);
                send(stream, &answer).await;
            }
            Fault::Slow => {
                tokio::time::sleep(SLOW).await;
                send(stream, &written).await;
            }
            Fault::Garbage
            | Fault::WrongType
            | Fault::Status500
            | Fault::Status502
            | Fault::Status503
            | Fault::Status429
            | Fault::Status202 => {
                if let Some(instead) = Instead::of(fault) {
                    send(stream, &self.instead(index, instead, written)).await;
                }
            }
        }
    }

    /// The answer to the same request delivered once more, where one is
    /// recorded that does nothing: what a network repeats is not the plugin's
    /// doing, so a biller that would carry it out again is not told.
    fn second(&self, index: usize) -> Option<Written> {
        let exchange = self.stage.exchange(index);
        let state = self.stage.truth().state;
        let other = self.stage.scenario.exchanges.iter().position(|other| {
            other.request == exchange.request
                && other.endpoint == exchange.endpoint
                && other.when.has(&state)
                && other.effect.is_none()
        })?;
        self.stage.carry_out(other);
        Some(self.recorded(other))
    }

    fn truncated(&self, index: usize, whole: &Written) -> Written {
        let response = &self.stage.exchange(index).response;
        let fields = http::fields(response, self.stage.values());
        let half = whole.body[..whole.body.len() / 2].to_vec();
        http::write(response.status, &fields, half)
    }

    fn instead(&self, index: usize, instead: Instead, recorded: Written) -> Written {
        let response = &self.stage.exchange(index).response;
        let mut fields = http::fields(response, self.stage.values());
        if let Some(content_type) = instead.content_type {
            fields.retain(|(name, _)| name != "content-type");
            fields.push(("content-type".to_owned(), content_type.to_owned()));
        }
        let body = instead.body.map_or(recorded.body, <[u8]>::to_vec);
        http::write(instead.status, &fields, body)
    }
}

/// What the stage answers to a request that it does not know.
fn nothing() -> Written {
    http::write(404, &[], Vec::new())
}

async fn send(mut stream: TcpStream, written: &Written) {
    let whole = [written.head.as_slice(), written.body.as_slice()].concat();
    // The plugin may have gone away.
    let _gone = stream.write_all(&whole).await;
    let _gone = stream.shutdown().await;
}

/// Ends the answer, and with it the connection, in the middle.
async fn cut(mut stream: TcpStream, written: &Written) {
    let body = &written.body[..written.body.len() / 2];
    let part = if body.is_empty() {
        written.head[..written.head.len() / 2].to_vec()
    } else {
        [written.head.as_slice(), body].concat()
    };
    let _gone = stream.write_all(&part).await;
    let _gone = stream.shutdown().await;
}

/// Breaks the connection without a farewell.
fn reset(stream: TcpStream) {
    // Without it the kernel would close the connection in order.
    let _kept = stream.set_zero_linger();
    drop(stream);
}

/// Says nothing until the other side has gone.
async fn wait_for_the_end(stream: &mut TcpStream) {
    let mut nothing = [0; 256];
    while matches!(stream.read(&mut nothing).await, Ok(length) if length > 0) {}
}
