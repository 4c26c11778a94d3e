//! The schema, built once.

use std::collections::HashSet;

use async_graphql::{
    Name, SDLExportOptions, SchemaBuilder,
    parser::{parse_schema, types::TypeSystemDefinition},
};

use crate::{
    config::Config,
    mutation::Mutation,
    query::{Query, Reports},
    subscription::Subscription,
};

/// The schema with everything in it.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
}

/// The schema that is served. The engine and the actor come with each request, as its `Scope`.
pub(crate) fn schema(config: &Config) -> Schema {
    builder().limit_complexity(config.max_complexity).data(Reports::default()).finish()
}

/// The names of everything that a variable may be of.
pub(crate) fn types() -> HashSet<Name> {
    let built_in = ["Boolean", "Float", "ID", "Int", "String"].map(Name::new);
    let declared = parse_schema(builder().finish().sdl()).map(|schema| schema.definitions).unwrap_or_default();
    let named = declared.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node.name.node),
        _ => None,
    });
    built_in.into_iter().chain(named).collect()
}

/// The schema as text, for clients and for `schema/api/schema.graphql`: types and fields in the order
/// of their names, everything described.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().prefer_single_line_descriptions();
    builder().finish().sdl_with_options(options.use_space_ident())
}
