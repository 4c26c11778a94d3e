//! Changes of people, posts, holdings and mandates.

use async_graphql::{Context, InputObject, Object, OneofObject, Result};
use liandong_engine::rules::{
    matter::Mandated,
    post::Person,
    register::command::{Command, NewPost},
};

use super::payload::{RegisterPayload, change};
use crate::{
    input,
    word::{PostKind, Power, Rank},
};

/// A person of the register.
#[derive(InputObject)]
struct PersonInput {
    /// Names the person: 1 to 40 ASCII letters, digits, `-`, `_` or `.`.
    code: String,
    /// As people say it.
    name: String,
    /// May be empty.
    #[graphql(default)]
    phone: String,
}

/// A post as it is to begin.
#[derive(InputObject)]
struct NewPostInput {
    /// Names it: 1 to 40 ASCII letters, digits, `-`, `_` or `.`.
    code: String,
    /// What people call it.
    name: String,
    /// What it is for.
    kind: PostKind,
    /// The code of the unit that it stands on.
    unit: String,
}

/// Whom a mandate is given to: exactly one of the two.
#[derive(OneofObject)]
enum MandatedInput {
    /// Every post of a kind.
    Kind(PostKind),
    /// One post, by its code.
    Post(String),
}

#[derive(Default)]
pub(super) struct PostMutation;

#[Object]
impl PostMutation {
    /// Adds a person who can be appointed.
    async fn add_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person.")] input: PersonInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let code = input::code("input.code", &input.code)?;
        let person = Person { code, name: input.name, phone: input.phone };
        change(ctx, idempotency_key, Command::AddPerson(person)).await
    }

    /// Begins a post.
    async fn create_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post.")] input: NewPostInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (code, unit) = (input::code("input.code", &input.code)?, input::code("input.unit", &input.unit)?);
        let post = NewPost { code, name: input.name, kind: input.kind.into(), unit };
        change(ctx, idempotency_key, Command::CreatePost(post)).await
    }

    /// Ends a post.
    async fn abolish_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the post.")] post: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        change(ctx, idempotency_key, Command::AbolishPost { post: input::code("post", &post)? }).await
    }

    /// Gives a post to a person.
    async fn appoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the post.")] post: String,
        #[graphql(desc = "The code of the person.")] person: String,
        #[graphql(desc = "As first holder or substitute.")] rank: Rank,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (post, person) = (input::code("post", &post)?, input::code("person", &person)?);
        change(ctx, idempotency_key, Command::Appoint { post, person, rank: rank.into() }).await
    }

    /// Takes a post from a person, who hands over everything open.
    async fn relieve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the post.")] post: String,
        #[graphql(desc = "The code of the person.")] person: String,
        #[graphql(desc = "The code of the person who takes the post in the same breath.")] successor: Option<String>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (post, person) = (input::code("post", &post)?, input::code("person", &person)?);
        let successor = input::code_if("successor", successor.as_deref())?;
        change(ctx, idempotency_key, Command::Relieve { post, person, successor }).await
    }

    /// Changes what a kind of post, or one post, may do for a matter.
    async fn change_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose mandate.")] to: MandatedInput,
        #[graphql(desc = "The code of the matter.")] matter: String,
        #[graphql(desc = "What it allows from now on; none withdraws it.")] power: Option<Power>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let to = match to {
            MandatedInput::Kind(kind) => Mandated::Kind(kind.into()),
            MandatedInput::Post(code) => Mandated::Post(input::code("to.post", &code)?),
        };
        let matter = input::code("matter", &matter)?;
        change(ctx, idempotency_key, Command::ChangeMandate { to, matter, power: power.map(Into::into) }).await
    }
}
