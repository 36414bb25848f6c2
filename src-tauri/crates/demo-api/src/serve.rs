//! Sockets: accepting connections, cutting them, closing the port to be offline, and a shutdown that always ends.
//! Not here: what is said on a connection (`http/`).

use std::future::{self, Future};
use std::io;
use std::net::SocketAddr;
use std::pin::{self, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::cut::Cut;
use crate::http::router;
use crate::state::State;

/// How long requests in progress may take to end after the shutdown began.
const FAREWELL: Duration = Duration::from_secs(2);
/// The pause after the system refused something, so as not to ask in a busy loop.
const PAUSE: Duration = Duration::from_millis(50);
const BACKLOG: u32 = 1024;

/// Serves until `shutdown` completes.
pub(crate) async fn serve(
    state: Arc<State>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let closing = watch::Sender::new(false);
    let mut connections = Connections {
        router: router(&state, address),
        offline: state.switches.watch_offline(),
        closing: closing.subscribe(),
        tasks: JoinSet::new(),
    };
    let mut offline = state.switches.watch_offline();
    let stays_open = async {
        let mut listener = listener;
        loop {
            tokio::select! {
                biased;
                () = becomes(&mut offline, true) => {
                    drop(listener);
                    listener = closed_while(&mut offline, address).await?;
                }
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => connections.spawn(stream),
                    Err(_) => sleep(PAUSE).await,
                },
                Some(_) = connections.tasks.join_next() => {}
            }
        }
    };
    let ended: io::Result<()> = tokio::select! {
        biased;
        () = shutdown => Ok(()),
        failed = stays_open => failed,
    };
    closing.send_replace(true);
    let all_ended = async { while connections.tasks.join_next().await.is_some() {} };
    // Whoever is still busy after that is cut off when the tasks are dropped.
    let _ = timeout(FAREWELL, all_ended).await;
    connections.tasks.shutdown().await;
    ended
}

/// Keeps the port closed until the server is to be reachable again, then opens it.
async fn closed_while(offline: &mut watch::Receiver<bool>, address: SocketAddr) -> io::Result<TcpListener> {
    // Bound but not listening: connections are refused, as by a dead server, and nobody else gets the port.
    let reserved = bind(address);
    becomes(offline, false).await;
    match reserved {
        Ok(socket) => socket.listen(BACKLOG),
        Err(_) => bind(address)?.listen(BACKLOG),
    }
}

/// Waits until the watched switch is in this position; a switch that is gone never gets there.
async fn becomes(switch: &mut watch::Receiver<bool>, position: bool) {
    if switch.wait_for(|now| *now == position).await.is_err() {
        future::pending::<()>().await;
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Elsewhere the option would let another program take the port as well.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// The connections that are open.
struct Connections {
    router: Router,
    offline: watch::Receiver<bool>,
    closing: watch::Receiver<bool>,
    tasks: JoinSet<()>,
}

impl Connections {
    fn spawn(&mut self, stream: TcpStream) {
        let conversation = converse(stream, self.router.clone(), self.offline.clone(), self.closing.clone());
        self.tasks.spawn(conversation);
    }
}

/// Answers what comes on one connection until it ends, is cut, or the server goes offline or closes.
async fn converse(
    stream: TcpStream,
    router: Router,
    mut offline: watch::Receiver<bool>,
    mut closing: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let cut = Cut::default();
    let service = TowerToHyperService::new(router);
    let answering = service_fn({
        let cut = cut.clone();
        move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(cut.clone());
            service.call(request)
        }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answering);
    let mut told_to_close = false;
    {
        let mut cut = pin!(cut.asked_for());
        loop {
            tokio::select! {
                biased;
                () = &mut cut => break,
                () = becomes(&mut offline, true) => break,
                () = becomes(&mut closing, true), if !told_to_close => {
                    pin::Pin::new(&mut connection).graceful_shutdown();
                    told_to_close = true;
                }
                _ = &mut connection => return,
            }
        }
    }
    reset(connection.into_parts().io.into_inner());
}

/// Closes with RST instead of a farewell, as when a machine disappears.
fn reset(stream: TcpStream) {
    let _ = stream.set_zero_linger();
    drop(stream);
}
