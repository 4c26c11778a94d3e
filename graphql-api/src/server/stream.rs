//! A connection that can be told to close, does not wait for ever for whoever does not read, and closes so that its last
//! words are read.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
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
    /// Runs while nothing of what is written is taken.
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

    /// Whether it has to close now. To be asked wherever the other side is waited for, be it to write or to read, and
    /// only there: what has arrived is read first. The task is woken when the answer may be another.
    fn must_close(&mut self, cx: &mut Context<'_>) -> bool {
        let Some((_, pass)) = &self.parts else { return true };
        while self.leave.as_mut().poll(cx).is_ready() {
            self.leave.set(pass.leave().notified_owned());
        }
        self.over |= pass.guest().must_leave();
        self.over
    }

    /// What became of a write: an error when it has been in the way for too long, or when it is not waited for.
    fn written(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let Some(guest) = self.parts.as_ref().map(|(_, pass)| pass.guest()) else { return done };
        if done.is_ready() {
            if self.stalled.take().is_some() {
                guest.reads(false);
                // Whoever was told meanwhile to leave once they have read may have read all now.
                if guest.told().is_some() {
                    cx.waker().wake_by_ref();
                }
            }
            return done;
        }
        guest.reads(true);
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        if stalled.as_mut().poll(cx).is_ready() {
            self.over = true;
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if self.must_close(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Poll::Pending
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let read = this.tcp()?.poll_read(cx, buf);
        match &read {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => this.over = true,
            Poll::Pending if this.must_close(cx) => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Poll::Pending => {}
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
        this.tcp()?.poll_flush(cx)
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
                // It may still have to read what was said last.
                pass.guest().reads(true);
                tokio::select! {
                    () = linger(tcp) => {}
                    () = pass.guest().left() => {}
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
