//! When work is sent: as soon as a connection is free, or at its appointed time.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use liandong_tests::stores::Trouble;

use crate::{book::Book, http::Wire};

/// How long work that is late may still be sent after the end of an open loop.
const GRACE: Duration = Duration::from_secs(15);

/// When work is sent.
pub(crate) enum Pace {
    /// Every connection goes on as soon as it is answered.
    Closed(Duration),
    /// So many a second for so long, one stretch after another.
    Open(Vec<(f64, Duration)>),
}

impl Pace {
    /// The appointed time of the n-th piece of work since the start; none after the last.
    fn appointed(&self, n: u64) -> Option<Duration> {
        let Self::Open(stretches) = self else { return None };
        let (mut left, mut begun) = (n, Duration::ZERO);
        for (rate, length) in stretches {
            let there = pieces(*rate, *length);
            if left < there {
                return Some(begun + Duration::from_secs_f64(left as f64 / rate));
            }
            left -= there;
            begun += *length;
        }
        None
    }

    /// How many pieces an open loop has.
    pub(crate) fn pieces(&self) -> u64 {
        match self {
            Self::Closed(_) => 0,
            Self::Open(stretches) => stretches.iter().map(|(rate, length)| pieces(*rate, *length)).sum(),
        }
    }

    fn end(&self) -> Duration {
        match self {
            Self::Closed(length) => *length,
            Self::Open(stretches) => stretches.iter().map(|(_, length)| *length).sum::<Duration>() + GRACE,
        }
    }
}

fn pieces(rate: f64, length: Duration) -> u64 {
    (rate * length.as_secs_f64()).floor() as u64
}

/// A piece of work: its number, the time it counts from, the connection it has for itself.
pub(crate) trait Work {
    /// Does it and notes what came of it.
    async fn run(&self, n: u64, appointed: Instant, wire: &mut Wire, book: &Book);
}

/// Lets a number of connections do pieces of work; how long that took. What an open loop could not
/// send within its grace is noted as a failure.
pub(crate) async fn drive(
    address: &str,
    connections: usize,
    pace: &Pace,
    first: u64,
    work: &impl Work,
    book: &Book,
) -> Result<Duration, Trouble> {
    let (next, begun) = (Cell::new(0_u64), Instant::now());
    let end = begun + pace.end();
    let worker = async || -> Result<(), Trouble> {
        let mut wire = Wire::new(address)?;
        while Instant::now() < end {
            let n = next.get();
            let appointed = match pace {
                Pace::Closed(_) => Instant::now(),
                Pace::Open(_) => match pace.appointed(n) {
                    Some(appointed) => begun + appointed,
                    None => break,
                },
            };
            next.set(n + 1);
            if appointed > Instant::now() {
                tokio::time::sleep_until(appointed.into()).await;
            }
            work.run(first + n, appointed, &mut wire, book).await;
        }
        Ok(())
    };
    for done in join_all((0..connections.max(1)).map(|_| worker())).await {
        done?;
    }
    for _ in next.get()..pace.pieces() {
        book.failed("not sent in time".to_owned());
    }
    Ok(begun.elapsed())
}
