//! Who may come in: how many connections there are in all and from one address, and who makes room for whom.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

/// How many that were told to leave may still be on their way out.
pub(super) const LEAVING: usize = 32;

/// The connections of a listener.
#[derive(Debug)]
pub(super) struct Doors {
    most: usize,
    most_of_one: usize,
    inside: Mutex<Inside>,
    /// Counts moments, so that it is known who has been idle for longest.
    moments: AtomicU64,
    /// Told when somebody has left.
    gone: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    guests: HashMap<u64, Arc<Guest>>,
    /// How many of each address that were not told to leave.
    of_address: HashMap<IpAddr, usize>,
    leaving: usize,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// Nobody else can come in.
    All,
    /// Nobody else of this address can.
    Address,
}

/// When whoever is told to leave has to be gone; each is stricter than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leave {
    /// When nothing goes on for it and it has read its answers.
    Served = 1,
    /// When nothing goes on for it, or it is slow to read its answers.
    Idle = 2,
    /// Whatever goes on.
    Now = 3,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Guest {
    id: u64,
    address: IpAddr,
    /// What goes on for it.
    busy: AtomicUsize,
    idle_since: AtomicU64,
    /// Whether an answer is not read yet, as far as can be seen from here.
    reads: AtomicBool,
    upgraded: AtomicBool,
    /// The `Leave` that it was told; 0 when it may stay.
    told: AtomicU8,
    leave: Arc<Notify>,
    doors: Arc<Doors>,
}

/// Somebody is inside for as long as this lives.
#[derive(Debug)]
pub(super) struct Pass(Arc<Guest>);

/// Something goes on for a connection for as long as this lives, so that it is not asked to make room.
#[derive(Debug)]
pub(super) struct Busy(Arc<Guest>);

impl Doors {
    /// Nobody is inside.
    pub(super) fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        let (inside, moments, gone) = (Mutex::default(), AtomicU64::new(0), Notify::new());
        Arc::new(Self { most, most_of_one, inside, moments, gone })
    }

    /// Lets somebody in; the connection that was idle for longest makes room when there is none, one of the same
    /// address where it is the address that is full. The second value says whether one had to.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Result<(Pass, bool), Full> {
        let address = household(address);
        let id = self.moment();
        let mut inside = self.inside();
        let of_address = inside.of_address.get(&address).copied().unwrap_or(0);
        let (room, full) = if of_address >= self.most_of_one {
            (Some(Some(address)), Full::Address)
        } else if inside.staying() >= self.most {
            (Some(None), Full::All)
        } else {
            (None, Full::All)
        };
        if let Some(of) = room
            // Nobody is told to leave for somebody who is not let in.
            && (inside.leaving >= LEAVING || !inside.make_room(of))
        {
            return Err(full);
        }
        let guest = Arc::new(Guest {
            id,
            address,
            busy: AtomicUsize::new(0),
            idle_since: AtomicU64::new(id),
            reads: AtomicBool::new(false),
            upgraded: AtomicBool::new(false),
            told: AtomicU8::new(0),
            leave: Arc::new(Notify::new()),
            doors: Arc::clone(self),
        });
        inside.guests.insert(id, Arc::clone(&guest));
        *inside.of_address.entry(address).or_default() += 1;
        Ok((Pass(guest), room.is_some()))
    }

    /// Waits until so many have left who were told to that the next one can be told. Who comes in a crowd would be
    /// refused else, though there is room for them in a moment.
    pub(super) async fn settled(&self) {
        while self.inside().leaving >= LEAVING {
            self.gone.notified().await;
        }
    }

    /// Tells whoever has been idle for longest to leave; whether there is somebody.
    pub(super) fn make_room(&self) -> bool {
        self.inside().make_room(None)
    }

    /// Tells everybody to leave but those on web sockets, who are told in their own words.
    pub(super) fn clear(&self, leave: Leave) {
        self.tell_all(leave, |guest| !guest.is_upgraded());
    }

    /// Tells everybody to be gone.
    pub(super) fn close(&self) {
        self.tell_all(Leave::Now, |_| true);
    }

    fn tell_all(&self, leave: Leave, whom: impl Fn(&Guest) -> bool) {
        let mut inside = self.inside();
        let guests: Vec<_> = inside.guests.values().filter(|guest| whom(guest)).cloned().collect();
        for guest in guests {
            inside.tell(&guest, leave);
        }
    }

    /// Whether nobody is inside any more.
    pub(super) fn empty(&self) -> bool {
        self.count(|_| true) == 0
    }

    /// How many are inside that are no web sockets.
    pub(super) fn plain(&self) -> usize {
        self.count(|guest| !guest.is_upgraded())
    }

    /// For how many of those a request is worked on. What waits until its client has read what it asked for before
    /// is not worked on.
    pub(super) fn working(&self) -> usize {
        self.count(|guest| !guest.is_upgraded() && !guest.is_idle())
    }

    fn count(&self, whom: impl Fn(&Guest) -> bool) -> usize {
        self.inside().guests.values().filter(|guest| whom(guest)).count()
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// How many are inside and were not told to leave.
    fn staying(&self) -> usize {
        self.guests.len().saturating_sub(self.leaving)
    }

    /// Whoever reads slowly goes after whoever does nothing, but goes: else slow readers would keep everybody out.
    fn make_room(&mut self, address: Option<IpAddr>) -> bool {
        let idle = self.guests.values().filter(|guest| {
            guest.told().is_none() && guest.is_idle() && address.is_none_or(|address| address == guest.address)
        });
        let first =
            idle.min_by_key(|guest| (guest.reads.load(Ordering::SeqCst), guest.idle_since.load(Ordering::SeqCst)));
        let Some(guest) = first.cloned() else { return false };
        self.tell(&guest, Leave::Idle);
        true
    }

    fn tell(&mut self, guest: &Guest, leave: Leave) {
        let before = guest.told.fetch_max(leave as u8, Ordering::SeqCst);
        if before == 0 {
            self.leaving += 1;
            self.leave_address(guest.address);
        }
        guest.leave.notify_one();
    }

    fn leave_address(&mut self, address: IpAddr) {
        if let Some(count) = self.of_address.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.of_address.remove(&address);
            }
        }
    }
}

impl Guest {
    /// It does something until the result goes.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Busy(Arc::clone(self))
    }

    /// Says whether there is an answer that it has not read yet.
    pub(super) fn reads(&self, reads: bool) {
        self.reads.store(reads, Ordering::SeqCst);
    }

    /// It becomes a web socket.
    pub(super) fn upgrade(&self) {
        self.upgraded.store(true, Ordering::SeqCst);
    }

    /// What it was told, if it was.
    pub(super) fn told(&self) -> Option<Leave> {
        match self.told.load(Ordering::SeqCst) {
            0 => None,
            1 => Some(Leave::Served),
            2 => Some(Leave::Idle),
            _ => Some(Leave::Now),
        }
    }

    /// Whether it has to be gone. Who was told while a request of theirs was just read is not cut off in the middle
    /// of it: they go when it is answered.
    pub(super) fn must_leave(&self) -> bool {
        self.told().is_some_and(|leave| match leave {
            Leave::Served => self.is_idle() && !self.reads.load(Ordering::SeqCst),
            Leave::Idle => self.is_idle(),
            Leave::Now => true,
        })
    }

    /// Waits until it has to be gone.
    pub(super) async fn left(&self) {
        while !self.must_leave() {
            self.leave.notified().await;
        }
    }

    fn is_upgraded(&self) -> bool {
        self.upgraded.load(Ordering::SeqCst)
    }

    /// Nothing goes on here; at most a client takes its time to read.
    fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0 || self.reads.load(Ordering::SeqCst)
    }
}

impl Pass {
    /// Who it is for.
    pub(super) fn guest(&self) -> &Arc<Guest> {
        &self.0
    }

    /// Told when it is to be asked whether the connection has to close.
    pub(super) fn leave(&self) -> Arc<Notify> {
        Arc::clone(&self.0.leave)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.0.doors.inside();
        inside.guests.remove(&self.0.id);
        if self.0.told().is_some() {
            inside.leaving = inside.leaving.saturating_sub(1);
            self.0.doors.gone.notify_one();
        } else {
            inside.leave_address(self.0.address);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.idle_since.store(self.0.doors.moment(), Ordering::SeqCst);
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
        if self.0.told().is_some() {
            self.0.leave.notify_one();
        }
    }
}

/// What counts as one address: of IPv6 the network, for a host has as many addresses there as it likes.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures_util::FutureExt;

    use super::*;

    fn host(n: u8) -> IpAddr {
        Ipv4Addr::new(10, 0, 0, n).into()
    }

    fn told(pass: &Pass) -> bool {
        pass.guest().told().is_some()
    }

    #[test]
    fn whoever_was_idle_for_longest_makes_room() {
        let doors = Doors::new(3, 3);
        let (a, _) = doors.enter(host(1)).unwrap();
        let (b, _) = doors.enter(host(2)).unwrap();
        let (c, _) = doors.enter(host(3)).unwrap();
        drop(a.guest().busy());
        let (d, made_room) = doors.enter(host(4)).unwrap();
        assert!(made_room);
        assert_eq!([&a, &b, &c, &d].map(told), [false, true, false, false]);
    }

    #[test]
    fn an_address_that_is_full_makes_room_itself_and_nobody_else_does() {
        let doors = Doors::new(9, 2);
        let (other, _) = doors.enter(host(2)).unwrap();
        let (a, _) = doors.enter(host(1)).unwrap();
        let (b, _) = doors.enter(host(1)).unwrap();
        let (_c, made_room) = doors.enter(host(1)).unwrap();
        assert!(made_room);
        assert_eq!([&other, &a, &b].map(told), [false, true, false]);
    }

    #[test]
    fn whoever_is_busy_stays_and_who_comes_then_is_refused() {
        let doors = Doors::new(2, 1);
        let (a, _) = doors.enter(host(1)).unwrap();
        let (b, _) = doors.enter(host(2)).unwrap();
        let busy = [a.guest().busy(), b.guest().busy()];
        assert_eq!(doors.enter(host(1)).unwrap_err(), Full::Address);
        assert_eq!(doors.enter(host(3)).unwrap_err(), Full::All);
        drop(a);
        assert!(doors.enter(host(3)).is_ok());
        drop(busy);
    }

    #[test]
    fn whoever_reads_slowly_makes_room_after_whoever_does_nothing() {
        let doors = Doors::new(3, 3);
        let (slow, _) = doors.enter(host(1)).unwrap();
        let (working, _) = doors.enter(host(1)).unwrap();
        let (idle, _) = doors.enter(host(1)).unwrap();
        slow.guest().reads(true);
        let _busy = [slow.guest().busy(), working.guest().busy()];
        assert!(doors.make_room());
        assert_eq!([&slow, &working, &idle].map(told), [false, false, true]);
        assert!(doors.make_room());
        assert_eq!([&slow, &working].map(told), [true, false]);
        assert!(!doors.make_room());
    }

    #[test]
    fn whoever_was_told_while_a_request_of_theirs_came_goes_when_it_is_answered() {
        let doors = Doors::new(1, 1);
        let (pass, _) = doors.enter(host(1)).unwrap();
        assert!(doors.make_room() && pass.guest().must_leave());
        let busy = pass.guest().busy();
        assert!(!pass.guest().must_leave());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { tokio::join!(biased; pass.guest().left(), async { drop(busy) }) });
    }

    #[test]
    fn at_the_end_an_answer_may_be_read_for_a_while_and_then_everybody_goes() {
        let doors = Doors::new(9, 9);
        let passes = [1, 2, 3, 4].map(|n| doors.enter(host(n)).unwrap().0);
        let leave = || passes.each_ref().map(|pass| pass.guest().must_leave());
        let [_, working, slow, socket] = passes.each_ref().map(Pass::guest);
        let _busy = [working.busy(), socket.busy()];
        slow.reads(true);
        socket.upgrade();
        assert_eq!((doors.plain(), doors.working()), (3, 1));
        doors.clear(Leave::Served);
        assert_eq!(leave(), [true, false, false, false]);
        doors.clear(Leave::Now);
        assert_eq!(leave(), [true, true, true, false]);
        doors.close();
        assert_eq!(leave(), [true; 4]);
        // Who was told twice leaves once.
        drop(passes);
        let inside = doors.inside();
        assert_eq!((inside.guests.len(), inside.leaving, inside.of_address.len()), (0, 0, 0));
    }

    #[test]
    fn who_does_not_leave_when_told_is_not_forgotten() {
        let doors = Doors::new(1, 1);
        let mut passes: Vec<Pass> =
            std::iter::from_fn(|| doors.enter(host(1)).ok()).take(100).map(|(p, _)| p).collect();
        assert_eq!(passes.len(), LEAVING + 1, "one inside, and as many as may be on their way out");
        // Whoever comes then is let wait at the door until one of them is gone.
        assert_eq!(doors.settled().now_or_never(), None);
        let first = passes.swap_remove(0);
        drop(first);
        assert_eq!(doors.settled().now_or_never(), Some(()));
    }

    #[test]
    fn the_addresses_of_a_network_of_ipv6_are_one() {
        let same = |a: &str, b: &str| household(a.parse().unwrap()) == household(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
    }
}
