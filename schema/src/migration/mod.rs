//! Migrations: dated, only ever added, each with sample data in `fixtures/migrations`.

use sea_orm_migration::prelude::*;

mod m20261123_000001_foundation;
mod m20261123_000002_conduct;
mod m20261125_000003_calendar;
mod m20261125_000004_limits;
mod m20261125_000005_roster;
mod m20261125_000006_duty_change;
mod m20261125_000007_calendar_feed;
mod m20261125_000008_notices;
mod m20261125_000009_due_order;
mod m20261125_000010_told_of_duty;
mod m20261125_000011_open_work;
mod m20261125_000012_told_of_rosters;
mod m20261128_000013_retention;
mod m20261128_000014_reminders;
mod m20261128_000015_merged_into;
mod m20261128_000016_expiry;
mod m20261128_000017_participants;
mod m20261128_000018_secret_mark;
mod m20261128_000019_told_of_posts_and_units;
mod tables;

/// All migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_foundation::Migration),
            Box::new(m20261123_000002_conduct::Migration),
            Box::new(m20261125_000003_calendar::Migration),
            Box::new(m20261125_000004_limits::Migration),
            Box::new(m20261125_000005_roster::Migration),
            Box::new(m20261125_000006_duty_change::Migration),
            Box::new(m20261125_000007_calendar_feed::Migration),
            Box::new(m20261125_000008_notices::Migration),
            Box::new(m20261125_000009_due_order::Migration),
            Box::new(m20261125_000010_told_of_duty::Migration),
            Box::new(m20261125_000011_open_work::Migration),
            Box::new(m20261125_000012_told_of_rosters::Migration),
            Box::new(m20261128_000013_retention::Migration),
            Box::new(m20261128_000014_reminders::Migration),
            Box::new(m20261128_000015_merged_into::Migration),
            Box::new(m20261128_000016_expiry::Migration),
            Box::new(m20261128_000017_participants::Migration),
            Box::new(m20261128_000018_secret_mark::Migration),
            Box::new(m20261128_000019_told_of_posts_and_units::Migration),
        ]
    }
}
