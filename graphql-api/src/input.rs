//! Arguments as what they name. A wrong one is an error that names it and the mend.

use async_graphql::{ID, Result};
use liandong_engine::{
    rules::{
        absence::Absence,
        calendar::Date,
        id::{BadCode, RequestId},
        tree::UnitIx,
        world::{MatterIx, PersonIx, PostIx, World},
    },
    run::engine::Engine,
};

use crate::reply::{bad_input, failure};

/// How many items a page has when nobody says.
pub(crate) const PAGE: usize = 20;

/// How many items a page has at most.
pub(crate) const MOST: usize = liandong_engine::run::query::MOST;

/// A code of some kind, for commands.
pub(crate) fn code<T: std::str::FromStr<Err = BadCode>>(argument: &str, text: &str) -> Result<T> {
    text.parse().map_err(|bad| bad_input(argument, bad))
}

/// A code that may be left out.
pub(crate) fn code_if<T: std::str::FromStr<Err = BadCode>>(argument: &str, text: Option<&str>) -> Result<Option<T>> {
    text.map(|text| code(argument, text)).transpose()
}

/// The name of a request.
pub(crate) fn request(argument: &str, id: &ID) -> Result<RequestId> {
    id.parse().map_err(|bad| bad_input(argument, bad))
}

/// A unit that is or was in the register.
pub(crate) fn unit(world: &World, argument: &str, code: &str) -> Result<UnitIx> {
    let unknown =
        || bad_input(argument, format!("unit `{}` is not in the register; look its code up there", cut(code)));
    world.find_unit(code).ok_or_else(unknown)
}

/// A matter of the catalogue.
pub(crate) fn matter(world: &World, argument: &str, code: &str) -> Result<MatterIx> {
    let unknown = || bad_input(argument, format!("matter `{}` is not in the catalogue; look it up there", cut(code)));
    world.find_matter(code).ok_or_else(unknown)
}

/// A person of the register.
pub(crate) fn person(world: &World, argument: &str, code: &str) -> Result<PersonIx> {
    let unknown =
        || bad_input(argument, format!("person `{}` is not in the register; look the code up there", cut(code)));
    world.find_person(code).ok_or_else(unknown)
}

/// A post that is or was in the register.
pub(crate) fn post(world: &World, argument: &str, code: &str) -> Result<PostIx> {
    let unknown =
        || bad_input(argument, format!("post `{}` is not in the register; look its code up there", cut(code)));
    world.find_post(code).ok_or_else(unknown)
}

/// An absence that is or was in the register.
pub(crate) fn absence<'w>(world: &'w World, argument: &str, code: &str) -> Result<&'w Absence> {
    let unknown =
        || bad_input(argument, format!("absence `{}` is not in the register; look its code up there", cut(code)));
    world.register().absences.iter().find(|row| row.code.as_str() == code).ok_or_else(unknown)
}

/// A date.
pub(crate) fn date(argument: &str, text: &str) -> Result<Date> {
    let read = text.parse().ok().filter(|_| text.len() <= 10);
    read.ok_or_else(|| bad_input(argument, format!("`{}` is not a date; write it like 2026-10-01", cut(text))))
}

/// How many items are wanted.
pub(crate) fn first(first: Option<i32>) -> Result<usize> {
    let Some(first) = first else { return Ok(PAGE) };
    let count = usize::try_from(first).ok().filter(|n| (1..=MOST).contains(n));
    count.ok_or_else(|| bad_input("first", format!("`{first}` is not between 1 and {MOST}")))
}

/// How many items a page may have, to reckon what a query costs; a wrong number costs the most.
pub(crate) fn page(first: Option<i32>) -> usize {
    first.map_or(PAGE, |n| usize::try_from(n).unwrap_or(MOST).min(MOST))
}

/// A cursor that this server gave.
pub(crate) fn cursor<T>(after: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
    let Some(text) = after else { return Ok(None) };
    let bad = || bad_input("after", format!("`{}` is no cursor of this list; use one that it gave", cut(text)));
    read(text).map(Some).ok_or_else(bad)
}

/// A position of the journal that was reached: one beyond the end is of another database, or of a copy that was newer
/// than this one, and whoever goes on after it would miss what happens until then.
pub(crate) async fn reached(engine: &Engine, position: i64) -> Result<i64> {
    if position >= 0 && engine.reaches(position).await.map_err(failure)? {
        return Ok(position);
    }
    let mend = "read anew what you need, and go on after a position that this server gave";
    Err(bad_input("after", format!("`{position}` is beyond the end of the journal; {mend}")))
}

/// What somebody typed, short enough to be shown again.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
