//! How a party's program ends: by SIGTERM, SIGINT or `POST /_stop`.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::Running;

/// Listens for signals.
#[derive(Debug)]
pub struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    /// From now on signals are heard instead of ending the program at once.
    ///
    /// # Errors
    /// Where the system does not let signals be listened to.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Lets the party run until somebody ends it, and then its open requests.
    pub async fn of(mut self, running: Running) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = running.asked_to_stop() => {}
        }
        running.stop().await;
    }
}
