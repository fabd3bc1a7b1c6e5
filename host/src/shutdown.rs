//! The order to stop, by SIGTERM or Ctrl-C: heard from the moment a node begins
//! to start, so that a node that is still starting obeys too.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Hears the order to stop; clones hear the same one.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Listens from now on. From here the signals no longer end the process by
    /// themselves.
    ///
    /// # Errors
    /// Where the system does not let signals be heard.
    pub fn listen() -> std::io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            sender.send_replace(true);
        });
        Ok(Self(receiver))
    }

    /// Resolves once the order has been given, also before the call.
    pub async fn told(&self) {
        // A sender that is gone without the order belongs to a runtime that ends.
        let mut order = self.0.clone();
        let _told = order.wait_for(|told| *told).await;
    }
}
