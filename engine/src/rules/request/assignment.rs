//! What an assignment says of its time. What is over stays over until it is done, is given more time, or ends: to be
//! reminded of it moves nothing.

use super::{Assignment, Duty};
use crate::rules::{
    instant::Instant,
    limit::{Colour, LimitKind},
};

impl Assignment {
    /// Whether it is done beside the handling, by somebody who does not answer for the whole.
    #[must_use]
    pub const fn is_aside(&self) -> bool {
        matches!(self.duty, Duty::CoHandle | Duty::Step)
    }

    /// How near the end of its time is: to accept it, until it is accepted, and to finish it; the worse of
    /// the two. None when it has ended or no time is set.
    #[must_use]
    pub fn colour(&self, at: Instant) -> Option<Colour> {
        if self.ended.is_some() {
            return None;
        }
        let accept = self.accept.filter(|_| self.accepted_at.is_none());
        accept.into_iter().chain(self.finish).map(|limit| limit.colour(at)).max()
    }

    /// Whether that time of it ran out already, so that it does so no more.
    #[must_use]
    pub const fn has_expired(&self, kind: LimitKind) -> bool {
        match kind {
            LimitKind::Accept | LimitKind::Respond => self.accept_expired,
            LimitKind::Finish | LimitKind::Relay | LimitKind::Help | LimitKind::Step => self.finish_expired,
            LimitKind::Answer
            | LimitKind::Rate
            | LimitKind::Committed
            | LimitKind::Statutory
            | LimitKind::Supervised => false,
        }
    }

    /// Of what it is reminded next, and when: of the time to finish before that to accept.
    #[must_use]
    pub fn reminder(&self) -> Option<(LimitKind, Instant)> {
        let (accept, finish) = self.duty.limits();
        Some((if self.finish_expired { finish } else { accept }, self.next_reminder?))
    }

    /// A time of it ran out, or it is told again that it did.
    pub(super) fn expire(&mut self, kind: LimitKind, next_reminder: Instant) {
        match kind {
            LimitKind::Accept | LimitKind::Respond => self.accept_expired = true,
            _ => self.finish_expired = true,
        }
        self.next_reminder = Some(next_reminder);
    }

    /// It was accepted, or given more time: where nothing is over any more, nobody is reminded.
    pub(super) fn settle(&mut self) {
        if !self.finish_expired && (!self.accept_expired || self.accepted_at.is_some()) {
            self.next_reminder = None;
        }
    }

    /// The citizen is waited for: the time to finish stands still, unless it is over, and nobody is reminded of it.
    pub(super) fn pause(&mut self) {
        if !self.finish_expired {
            self.finish = None;
        }
        if !self.accept_expired || self.accepted_at.is_some() {
            self.next_reminder = None;
        }
    }

    /// It goes on with the time to finish that another one had, be it over or not.
    pub(super) fn inherit(&mut self, from: &Self) {
        (self.finish, self.finish_expired) = (from.finish, from.finish_expired);
        if self.finish_expired {
            self.next_reminder = from.next_reminder;
        }
    }

    /// It is the same work under another number: what was over with that one is over.
    pub(super) fn keep_expired(&mut self, from: &Self) {
        if from.accept_expired {
            (self.accept, self.accept_expired) = (from.accept, true);
        }
        if from.finish_expired {
            (self.finish, self.finish_expired) = (from.finish, true);
        }
        self.next_reminder = from.next_reminder;
    }
}
