//! What happens, as it is committed: read from the journal, so that nothing is missed or repeated.

use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::{
    error::Error,
    store::{
        Store,
        journal::{self, Entry},
    },
};

/// How many entries are read at once.
const PAGE: u64 = 256;

/// Tells listeners that the journal grew. It carries positions, never content: what is shown comes
/// from the journal, after the commit.
#[derive(Debug)]
pub struct Feed {
    position: watch::Sender<i64>,
    open: watch::Sender<bool>,
}

impl Feed {
    pub(crate) fn new(position: i64) -> Self {
        Self { position: watch::Sender::new(position), open: watch::Sender::new(true) }
    }

    /// The newest committed position that this process knows of.
    #[must_use]
    pub fn position(&self) -> i64 {
        *self.position.borrow()
    }

    pub(crate) fn publish(&self, position: i64) {
        self.position.send_if_modified(|known| {
            let newer = position > *known;
            *known = position.max(*known);
            newer
        });
    }

    /// Changes whenever the journal grew.
    pub(crate) fn grown(&self) -> watch::Receiver<i64> {
        self.position.subscribe()
    }

    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    /// Returns when the engine stops.
    pub(crate) async fn closed(&self) {
        // An error means that the feed itself is gone, which is as good as closed.
        drop(self.open.subscribe().wait_for(|open| !open).await);
    }

    /// Every entry after a position, in order, each once, as it comes; ends when the engine stops or
    /// the journal cannot be read, which the last item says.
    pub(crate) fn listen(&self, store: Store, after: i64) -> impl Stream<Item = Result<Entry, Error>> + Send + use<> {
        let state = Listener {
            store,
            after,
            position: self.position.subscribe(),
            open: self.open.subscribe(),
            page: Vec::new().into_iter(),
            failed: false,
        };
        stream::unfold(state, |mut state| async move {
            match state.next().await {
                Ok(Some(entry)) => Some((Ok(entry), state)),
                Ok(None) => None,
                Err(_) if state.failed => None,
                Err(error) => {
                    state.failed = true;
                    Some((Err(error), state))
                }
            }
        })
    }
}

struct Listener {
    store: Store,
    after: i64,
    position: watch::Receiver<i64>,
    open: watch::Receiver<bool>,
    page: std::vec::IntoIter<Entry>,
    failed: bool,
}

impl Listener {
    async fn next(&mut self) -> Result<Option<Entry>, Error> {
        if self.failed {
            return Ok(None);
        }
        loop {
            // Whoever is behind goes on from its position later: what an entry is about may not be
            // readable any more.
            if !*self.open.borrow() {
                return Ok(None);
            }
            if let Some(entry) = self.page.next() {
                self.after = entry.position;
                return Ok(Some(entry));
            }
            let newest = *self.position.borrow_and_update();
            if newest > self.after {
                self.page = journal::after(self.store.read(), self.after, PAGE).await?.into_iter();
                if self.page.len() > 0 {
                    continue;
                }
            }
            tokio::select! {
                changed = self.position.changed() => if changed.is_err() { return Ok(None) },
                closed = self.open.wait_for(|open| !open) => {
                    drop(closed);
                    return Ok(None);
                }
            }
        }
    }
}
