//! A connection that can be told to close, does not wait for ever for whoever does not read, and closes so that its last
//! words are read.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    runtime::Handle,
    sync::futures::OwnedNotified,
    time::{Sleep, sleep, timeout},
};

use super::doors::Pass;

/// How long what a client still sends is read and thrown away.
const LINGER_TIME: Duration = Duration::from_secs(2);

/// How much of it.
const LINGER_BYTES: u64 = 16 * 1024 * 1024;

/// A connection.
pub(super) struct Stream {
    /// Gone when it lingers.
    parts: Option<(TcpStream, Pass)>,
    leave: Pin<Box<OwnedNotified>>,
    /// Nobody is there any more to say a last word to, or it was said that they are not waited for.
    over: bool,
    stalled: Option<Pin<Box<Sleep>>>,
    patience: Duration,
}

impl Stream {
    /// A connection that is broken off when nothing of what is written was taken for so long.
    pub(super) fn new(tcp: TcpStream, pass: Pass, patience: Duration) -> Self {
        let leave = Box::pin(pass.leave().notified_owned());
        Self { parts: Some((tcp, pass)), leave, over: false, stalled: None, patience }
    }

    fn tcp(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let open = self.parts.as_mut().filter(|_| !self.over);
        open.map(|(tcp, _)| Pin::new(tcp)).ok_or_else(|| io::ErrorKind::ConnectionAborted.into())
    }

    /// What became of a write: an error when it has been in the way for too long.
    fn written<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.stalled = None;
            return done;
        }
        let patience = self.patience;
        ready!(self.stalled.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx));
        self.over = true;
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut tcp = this.tcp()?;
        let read = tcp.as_mut().poll_read(cx, buf);
        match &read {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => this.over = true,
            Poll::Pending => {
                if this.leave.as_mut().poll(cx).is_ready() {
                    this.over = true;
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
            }
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = this.tcp()?.poll_write(cx, buf);
        this.written(cx, done)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = this.tcp()?.poll_write_vectored(cx, bufs);
        this.written(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let done = this.tcp()?.poll_flush(cx);
        this.written(cx, done)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().tcp()?.poll_shutdown(cx)
    }
}

/// A socket that closes with something unread is reset, and what was written last may be lost on the way: that a body
/// was too long, say. So what still comes is read first, within bounds.
impl Drop for Stream {
    fn drop(&mut self) {
        let Some((tcp, pass)) = self.parts.take().filter(|_| !self.over) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let leave = pass.leave();
                tokio::select! {
                    () = linger(tcp) => {}
                    () = leave.notified() => {}
                }
                drop(pass);
            });
        }
    }
}

/// Says that nothing more is said, and throws away what comes until the other side closes, within bounds.
pub(super) async fn linger(mut tcp: TcpStream) {
    let drained = async {
        tcp.shutdown().await?;
        tokio::io::copy(&mut tcp.take(LINGER_BYTES), &mut tokio::io::sink()).await
    };
    // Whatever happens, it is over.
    drop(timeout(LINGER_TIME, drained).await);
}
