//! A TCP stream that can be broken off with a reset instead of an orderly end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Says that the connection ends with a reset.
#[derive(Debug, Clone, Default)]
pub struct Breaker(Arc<AtomicBool>);

impl Breaker {
    /// From now on the connection's end is a reset.
    pub fn trip(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The stream with its breaker.
#[derive(Debug)]
pub(crate) struct Breakable {
    stream: TcpStream,
    breaker: Breaker,
}

impl Breakable {
    pub(crate) const fn new(stream: TcpStream, breaker: Breaker) -> Self {
        Self { stream, breaker }
    }

    /// The stream, unless it is to end now: an orderly end would send FIN before
    /// the reset.
    fn whole(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        if self.breaker.0.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(Pin::new(&mut self.stream))
    }
}

impl Drop for Breakable {
    fn drop(&mut self) {
        if self.breaker.0.load(Ordering::Acquire) {
            // With no time to linger the system sends RST when it closes. Where
            // it will not, the client sees an early end, which is as good.
            drop(self.stream.set_zero_linger());
        }
    }
}

impl AsyncRead for Breakable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.whole()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Breakable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.whole()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?.poll_shutdown(context)
    }
}
