//! What can be ordered: one mutation for each command, one file per group.

mod absence;
mod aside;
mod calendar;
mod calendar_feed;
mod citizen;
mod delivery;
mod duty;
mod handle;
mod payload;
mod posts;
mod roster;
mod units;

use async_graphql::MergedObject;

/// What can be ordered. The same `idempotencyKey` of the same actor means the same command: the first
/// answer is given again, and nothing happens twice.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(
    citizen::CitizenMutation,
    handle::HandleMutation,
    units::UnitMutation,
    posts::PostMutation,
    calendar::CalendarMutation,
    absence::AbsenceMutation,
    aside::AsideMutation,
    calendar_feed::CalendarFeedMutation,
    delivery::DeliveryMutation,
    roster::RosterMutation,
    duty::DutyMutation,
);
