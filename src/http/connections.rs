use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_service::Service as _;

/// Bytes of a request's head.
const LARGEST_HEAD: usize = 64 * 1024;
/// How long to wait where the system has no connections left.
const PAUSE: Duration = Duration::from_millis(200);

/// The connections of a service, which cost something each and may be slow on purpose.
pub(super) struct Connections {
    graceful: GracefulShutdown,
    free: Arc<Semaphore>,
    head_timeout: Duration,
}

impl Connections {
    /// Takes so many at the same time; each may take so long for a request's head, and so be idle.
    pub(super) fn new(most: usize, head_timeout: Duration) -> Self {
        Self {
            head_timeout,
            graceful: GracefulShutdown::new(),
            free: Arc::new(Semaphore::new(most)),
        }
    }

    /// Serves whoever comes until `stop` ends. Where there are too many, the next waits at the system's
    /// door.
    pub(super) async fn accept(
        &self,
        listener: TcpListener,
        router: Router,
        stop: impl Future<Output = ()>,
    ) {
        let mut stop = pin!(stop);
        loop {
            let next = async {
                let permit = self.free.clone().acquire_owned().await.ok();
                (listener.accept().await, permit)
            };
            let (accepted, permit) = tokio::select! {
                next = next => next,
                () = &mut stop => return,
            };
            match accepted {
                Ok((stream, address)) => self.serve(stream, address, &router, permit),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be accepted for now");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn serve(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        router: &Router,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        // A response is one write; waiting for more of it helps nobody. Where it cannot be set it is slower.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        // A layer would wrap every route once more, and each request would pay for it.
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(address));
            router.clone().call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_timeout)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            // Whoever breaks a connection off has no use for a response.
            let _ = connection.await;
            drop(permit);
        });
    }

    /// Waits until every request under way has its response.
    pub(super) async fn finish(self) {
        self.graceful.shutdown().await;
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
