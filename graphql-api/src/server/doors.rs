//! Who may come in: how many connections there are in all and from one address, and who makes room for whom.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

/// How many that were told to leave may still be on their way out.
const LEAVING: usize = 32;

/// The connections of a listener.
#[derive(Debug)]
pub(super) struct Doors {
    most: usize,
    most_of_one: usize,
    inside: Mutex<Inside>,
    /// Counts moments, so that it is known who has been idle for longest.
    moments: AtomicU64,
    handlers: AtomicUsize,
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

/// A connection.
#[derive(Debug)]
pub(super) struct Guest {
    id: u64,
    address: IpAddr,
    /// What goes on for it; idle when that is nothing.
    busy: AtomicUsize,
    idle_since: AtomicU64,
    upgraded: AtomicBool,
    told: AtomicBool,
    leave: Arc<Notify>,
    doors: Arc<Doors>,
}

/// Somebody is inside for as long as this lives.
#[derive(Debug)]
pub(super) struct Pass(Arc<Guest>);

/// Something goes on for a connection for as long as this lives, so that it is not asked to make room.
#[derive(Debug)]
pub(super) struct Busy(Arc<Guest>);

/// A request is worked on for as long as this lives.
#[derive(Debug)]
pub(super) struct Handling(Arc<Doors>);

impl Doors {
    /// Nobody is inside.
    pub(super) fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        let (inside, moments, handlers) = (Mutex::default(), AtomicU64::new(0), AtomicUsize::new(0));
        Arc::new(Self { most, most_of_one, inside, moments, handlers })
    }

    /// Lets somebody in; the connection that was idle for longest makes room when there is none, one of the same
    /// address where it is the address that is full. The second value says whether one had to.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Result<(Pass, bool), Full> {
        let address = household(address);
        let id = self.moment();
        let mut inside = self.inside();
        let (mut made_room, of_address) = (false, inside.of_address.get(&address).copied().unwrap_or(0));
        if of_address >= self.most_of_one {
            made_room = inside.make_room(Some(address));
            if !made_room {
                return Err(Full::Address);
            }
        } else if inside.guests.len().saturating_sub(inside.leaving) >= self.most {
            made_room = inside.make_room(None);
            if !made_room {
                return Err(Full::All);
            }
        }
        if inside.leaving > LEAVING {
            return Err(Full::All);
        }
        let guest = Arc::new(Guest {
            id,
            address,
            busy: AtomicUsize::new(0),
            idle_since: AtomicU64::new(id),
            upgraded: AtomicBool::new(false),
            told: AtomicBool::new(false),
            leave: Arc::new(Notify::new()),
            doors: Arc::clone(self),
        });
        inside.guests.insert(id, Arc::clone(&guest));
        *inside.of_address.entry(address).or_default() += 1;
        Ok((Pass(guest), made_room))
    }

    /// Tells whoever has been idle for longest to leave; whether there is somebody.
    pub(super) fn make_room(&self) -> bool {
        self.inside().make_room(None)
    }

    /// Tells everybody to leave but those on web sockets, who are told in their own words.
    pub(super) fn clear(&self) {
        let mut inside = self.inside();
        let guests: Vec<_> = inside.guests.values().filter(|guest| !guest.is_upgraded()).cloned().collect();
        for guest in guests {
            inside.tell(&guest);
        }
    }

    /// How many are inside that are no web sockets.
    pub(super) fn plain(&self) -> usize {
        self.inside().guests.values().filter(|guest| !guest.is_upgraded()).count()
    }

    /// How many requests are worked on.
    pub(super) fn handlers(&self) -> usize {
        self.handlers.load(Ordering::SeqCst)
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn make_room(&mut self, address: Option<IpAddr>) -> bool {
        let idle = self.guests.values().filter(|guest| guest.is_idle() && address.is_none_or(|a| a == guest.address));
        let Some(guest) = idle.min_by_key(|guest| guest.idle_since.load(Ordering::SeqCst)).cloned() else {
            return false;
        };
        self.tell(&guest);
        true
    }

    fn tell(&mut self, guest: &Guest) {
        if !guest.told.swap(true, Ordering::SeqCst) {
            self.leaving += 1;
            self.leave_address(guest.address);
            guest.leave.notify_one();
        }
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

    /// A request of it is worked on until the result goes.
    pub(super) fn handling(&self) -> Handling {
        self.doors.handlers.fetch_add(1, Ordering::SeqCst);
        Handling(Arc::clone(&self.doors))
    }

    /// It becomes a web socket.
    pub(super) fn upgrade(&self) {
        self.upgraded.store(true, Ordering::SeqCst);
    }

    fn is_upgraded(&self) -> bool {
        self.upgraded.load(Ordering::SeqCst)
    }

    fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0 && !self.told.load(Ordering::SeqCst)
    }
}

impl Pass {
    /// Who it is for.
    pub(super) fn guest(&self) -> &Arc<Guest> {
        &self.0
    }

    /// Told when the connection is to close.
    pub(super) fn leave(&self) -> Arc<Notify> {
        Arc::clone(&self.0.leave)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.0.doors.inside();
        inside.guests.remove(&self.0.id);
        if self.0.told.load(Ordering::SeqCst) {
            inside.leaving = inside.leaving.saturating_sub(1);
        } else {
            inside.leave_address(self.0.address);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.idle_since.store(self.0.doors.moment(), Ordering::SeqCst);
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        self.0.handlers.fetch_sub(1, Ordering::SeqCst);
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

    use super::*;

    fn host(n: u8) -> IpAddr {
        Ipv4Addr::new(10, 0, 0, n).into()
    }

    fn told(pass: &Pass) -> bool {
        pass.guest().told.load(Ordering::SeqCst)
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
    fn who_does_not_leave_when_told_is_not_forgotten() {
        let doors = Doors::new(1, 1);
        let passes: Vec<Pass> = std::iter::from_fn(|| doors.enter(host(1)).ok()).take(100).map(|(p, _)| p).collect();
        assert_eq!(passes.len(), LEAVING + 1, "one inside, and as many as may be on their way out");
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
