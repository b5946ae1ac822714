use tokio::sync::watch;

use crate::cli::print;
use crate::eval::Signal;

/// Listens for Ctrl-C and SIGTERM: the first one lets what was asked finish, the second ends it.
/// Call it within a runtime.
pub(crate) fn stop_signal() -> watch::Receiver<Signal> {
    let (sender, receiver) = watch::channel(Signal::Run);
    tokio::spawn(async move {
        stop_requested().await;
        print::line_to_stderr(
            "stopping: waiting for the replies that were asked for; once more ends at once",
        );
        let _ = sender.send(Signal::Finish);
        stop_requested().await;
        let _ = sender.send(Signal::Abort);
        // The receivers read the last signal as long as the sender lives.
        std::future::pending::<()>().await;
    });
    receiver
}

async fn stop_requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
