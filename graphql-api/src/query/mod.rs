//! What can be asked, one file per group.

mod delivery;
mod duty;
mod map;
mod recompute;
mod report;
mod work;

use async_graphql::MergedObject;

pub(crate) use report::Reports;

/// What can be asked. Every answer reads one world at one instant.
#[derive(MergedObject, Default)]
pub(crate) struct Query(
    map::MapQuery,
    work::WorkQuery,
    report::ReportQuery,
    duty::DutyQuery,
    recompute::RecomputeQuery,
    delivery::DeliveryQuery,
);
