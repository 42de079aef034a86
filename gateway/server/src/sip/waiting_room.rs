//! Who may wait for the endpoint: one address never takes all the room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Datagrams of one address that may wait: a burst of a busy trunk's, and a quarter of the inbox.
const SEATS_PER_SOURCE: usize = 512;
/// Addresses that are remembered; only those with a datagram that waits need to be.
const SOURCES_MAX: usize = 4096;

/// The seats that are taken, by address.
#[derive(Default)]
pub(super) struct WaitingRoom {
    sources: HashMap<IpAddr, Arc<Semaphore>>,
}

/// A datagram's place in the inbox, given back when dropped.
pub(super) struct Seat {
    _permit: OwnedSemaphorePermit,
}

impl WaitingRoom {
    /// A seat for a datagram; `None` where its sender has as many waiting as it may.
    pub(super) fn seat(&mut self, source: IpAddr) -> Option<Seat> {
        if self.sources.len() >= SOURCES_MAX {
            self.sources.retain(|_, seats| seats.available_permits() < SEATS_PER_SOURCE);
        }
        if self.sources.len() >= SOURCES_MAX {
            return None;
        }
        let fresh = || Arc::new(Semaphore::new(SEATS_PER_SOURCE));
        let seats = self.sources.entry(source).or_insert_with(fresh).clone();
        seats.try_acquire_owned().ok().map(|permit| Seat { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    #[test]
    fn a_flood_leaves_room_for_others() {
        let mut room = WaitingRoom::default();
        let seats: Vec<_> = (0..SEATS_PER_SOURCE).filter_map(|_| room.seat(address(1))).collect();
        assert_eq!(seats.len(), SEATS_PER_SOURCE);
        assert!(room.seat(address(1)).is_none());
        assert!(room.seat(address(2)).is_some());
        drop(seats);
        assert!(room.seat(address(1)).is_some());
    }

    #[test]
    fn addresses_with_nothing_waiting_are_forgotten() {
        let mut room = WaitingRoom::default();
        let waiting = room.seat(address(0));
        let (addresses, most) = (2 * u32::try_from(SOURCES_MAX).expect("small"), SOURCES_MAX);
        assert!((1..addresses).all(|number| room.seat(address(number)).is_some()));
        assert!(room.sources.len() <= most);
        assert!(room.sources.contains_key(&address(0)));
        drop(waiting);
    }
}
