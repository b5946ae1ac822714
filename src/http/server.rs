use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::connections::Connections;
use super::{Service, router};

/// Says why the service did not start or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be used.
    #[error("cannot listen on {address}; choose another address with --listen")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system does not let the program wait for its signals, or the socket broke.
    #[error("the service stopped")]
    Io(#[from] std::io::Error),
}

/// Serves until SIGTERM or Ctrl-C, then finishes the requests in flight for at most `grace`.
/// `started` is told the address, whose port the system chose if 0 was asked for; `stopping` is called
/// when no more requests are taken.
///
/// # Errors
/// The address cannot be used, or the socket broke.
pub async fn serve(
    service: Arc<Service>,
    address: SocketAddr,
    grace: Duration,
    started: impl FnOnce(SocketAddr),
    stopping: impl FnOnce(),
) -> Result<(), ServeError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Bind { address, source })?;
    let mut signals = Signals::new()?;
    started(listener.local_addr()?);
    let connections = Connections::new(service.max_connections, service.receive_timeout);
    connections
        .accept(listener, router(service), signals.wait())
        .await;
    stopping();
    tracing::info!(
        grace_ms = grace.as_millis(),
        "stopping: requests in flight are finished first"
    );
    tokio::select! {
        () = connections.finish() => {}
        () = tokio::time::sleep(grace) => tracing::warn!("requests in flight were cut off: the grace time is over"),
        () = signals.wait() => tracing::warn!("requests in flight were cut off: stopped a second time"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// The signals that end the program: SIGTERM and Ctrl-C.
#[cfg(unix)]
#[derive(Debug)]
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Waits for them from now on.
    ///
    /// # Errors
    /// The system does not let the program wait for them.
    pub fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ctrl-C, which ends the program.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Waits for it from now on.
    ///
    /// # Errors
    /// None here.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Waits for the next one.
    pub async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
