//! Changes of the map's units.

use async_graphql::{Context, InputObject, Object, Result};
use liandong_engine::rules::register::command::{Command, NewUnit};

use super::payload::{RegisterPayload, change};
use crate::{input, word::UnitKind};

/// A unit as it is to begin.
#[derive(InputObject)]
struct NewUnitInput {
    /// Names it: 1 to 40 ASCII letters, digits, `-`, `_` or `.`.
    code: String,
    /// What people call it.
    name: String,
    /// What it is.
    kind: UnitKind,
    /// The code of the unit above; none for a root.
    parent: Option<String>,
    /// The code of what it serves, when that is not the nearest territory above.
    serves: Option<String>,
}

#[derive(Default)]
pub(super) struct UnitMutation;

#[Object]
impl UnitMutation {
    /// Begins a unit.
    async fn create_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit.")] input: NewUnitInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let unit = NewUnit {
            code: input::code("input.code", &input.code)?,
            name: input.name,
            kind: input.kind.into(),
            parent: input::code_if("input.parent", input.parent.as_deref())?,
            serves: input::code_if("input.serves", input.serves.as_deref())?,
        };
        change(ctx, idempotency_key, Command::CreateUnit(unit)).await
    }

    /// Gives a unit a new name.
    async fn rename_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "The name from now on.")] name: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        change(ctx, idempotency_key, Command::RenameUnit { unit: input::code("unit", &unit)?, name }).await
    }

    /// Puts a unit below another.
    async fn move_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "The code of the unit above from now on.")] parent: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (unit, parent) = (input::code("unit", &unit)?, input::code("parent", &parent)?);
        change(ctx, idempotency_key, Command::MoveUnit { unit, parent }).await
    }

    /// Lets one unit go up in another: what stands below it moves, its own posts end.
    async fn merge_units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit that ends.")] from: String,
        #[graphql(desc = "The code of the unit that stays.")] into: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (from, into) = (input::code("from", &from)?, input::code("into", &into)?);
        change(ctx, idempotency_key, Command::MergeUnits { from, into }).await
    }

    /// Ends a unit.
    async fn dissolve_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "The code of the unit that takes what stands below it and its open work.")] successor: Option<
            String,
        >,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let unit = input::code("unit", &unit)?;
        let successor = input::code_if("successor", successor.as_deref())?;
        change(ctx, idempotency_key, Command::DissolveUnit { unit, successor }).await
    }
}
