//! The register's tables: read whole, written by difference.

use std::{collections::HashMap, hash::Hash};

use liandong_schema::entity::{
    absence, calendar, calendar_day, calendar_hours, duty_change, holding, limit_rule, mandate, market, matter, person,
    post, roster, rung, unit, unit_calendar,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable,
    PrimaryKeyToColumn, QueryFilter, sea_query::OnConflict,
};

use super::absence_rows::{from_absence, to_absence};
use super::calendar_rows::{
    from_calendar, from_day, from_hours, from_kept, from_market, to_calendar, to_day, to_hours, to_kept, to_market,
};
use super::duty_change_rows::{from_duty_change, to_duty_change};
use super::limit_rows::{from_limit, to_limit};
use super::roster_rows::{from_roster, to_roster};
use super::row::{KeyPart, corrupt, span, word};
use super::tx::Tx;
use crate::{
    rules::{
        id::{LadderCode, MatterCode, PersonCode, PostCode, UnitCode},
        matter::{Mandate, Mandated, Matter, Power, Rung},
        post::{Holding, Person, Post, PostKind, Rank},
        tier::{Tier, Unit, UnitKind},
        world::Register,
    },
    run::error::Error,
};

/// Rows written by one statement: well below what either store takes as parameters.
const CHUNK: usize = 1_000;

/// The whole register.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn read(db: &impl ConnectionTrait) -> Result<Register, Error> {
    Ok(Register {
        units: all::<unit::Entity, _>(db).await?.into_iter().map(to_unit).collect::<Result<_, _>>()?,
        people: all::<person::Entity, _>(db).await?.into_iter().map(to_person).collect::<Result<_, _>>()?,
        posts: all::<post::Entity, _>(db).await?.into_iter().map(to_post).collect::<Result<_, _>>()?,
        holdings: all::<holding::Entity, _>(db).await?.into_iter().map(to_holding).collect::<Result<_, _>>()?,
        matters: all::<matter::Entity, _>(db).await?.into_iter().map(to_matter).collect::<Result<_, _>>()?,
        mandates: all::<mandate::Entity, _>(db).await?.into_iter().map(to_mandate).collect::<Result<_, _>>()?,
        ladders: all::<rung::Entity, _>(db).await?.into_iter().map(to_rung).collect::<Result<_, _>>()?,
        limits: all::<limit_rule::Entity, _>(db).await?.into_iter().map(to_limit).collect::<Result<_, _>>()?,
        calendars: all::<calendar::Entity, _>(db).await?.into_iter().map(to_calendar).collect::<Result<_, _>>()?,
        hours: all::<calendar_hours::Entity, _>(db).await?.into_iter().map(to_hours).collect::<Result<_, _>>()?,
        days: all::<calendar_day::Entity, _>(db).await?.into_iter().map(to_day).collect::<Result<_, _>>()?,
        markets: all::<market::Entity, _>(db).await?.into_iter().map(to_market).collect::<Result<_, _>>()?,
        unit_calendars: all::<unit_calendar::Entity, _>(db)
            .await?
            .into_iter()
            .map(to_kept)
            .collect::<Result<_, _>>()?,
        absences: all::<absence::Entity, _>(db).await?.into_iter().map(to_absence).collect::<Result<_, _>>()?,
        rosters: all::<roster::Entity, _>(db).await?.into_iter().map(to_roster).collect::<Result<_, _>>()?,
        duty_changes: all::<duty_change::Entity, _>(db)
            .await?
            .into_iter()
            .map(to_duty_change)
            .collect::<Result<_, _>>()?,
    })
}

async fn all<E: EntityTrait, C: ConnectionTrait>(db: &C) -> Result<Vec<E::Model>, Error> {
    Ok(E::find().all(db).await?)
}

/// Writes what is different between two registers.
pub(crate) async fn write(db: &Tx<'_>, old: &Register, new: &Register) -> Result<(), Error> {
    change::<unit::Entity, _, _>(db, &old.units, &new.units, from_unit).await?;
    change::<person::Entity, _, _>(db, &old.people, &new.people, from_person).await?;
    change::<post::Entity, _, _>(db, &old.posts, &new.posts, from_post).await?;
    change::<holding::Entity, _, _>(db, &old.holdings, &new.holdings, from_holding).await?;
    change::<matter::Entity, _, _>(db, &old.matters, &new.matters, from_matter).await?;
    change::<mandate::Entity, _, _>(db, &old.mandates, &new.mandates, from_mandate).await?;
    change::<rung::Entity, _, _>(db, &old.ladders, &new.ladders, from_rung).await?;
    change::<limit_rule::Entity, _, _>(db, &old.limits, &new.limits, from_limit).await?;
    change::<calendar::Entity, _, _>(db, &old.calendars, &new.calendars, from_calendar).await?;
    change::<calendar_hours::Entity, _, _>(db, &old.hours, &new.hours, from_hours).await?;
    change::<calendar_day::Entity, _, _>(db, &old.days, &new.days, from_day).await?;
    change::<market::Entity, _, _>(db, &old.markets, &new.markets, from_market).await?;
    change::<unit_calendar::Entity, _, _>(db, &old.unit_calendars, &new.unit_calendars, from_kept).await?;
    change::<absence::Entity, _, _>(db, &old.absences, &new.absences, from_absence).await?;
    change::<roster::Entity, _, _>(db, &old.rosters, &new.rosters, from_roster).await?;
    change::<duty_change::Entity, _, _>(db, &old.duty_changes, &new.duty_changes, from_duty_change).await
}

/// Writes the rows of one table that are new or changed, and deletes those that are gone.
async fn change<E, R, K>(db: &Tx<'_>, old: &[R], new: &[R], row: impl Fn(&R) -> (K, E::Model)) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + PartialEq,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    E::Column: Iterable + ColumnTrait,
    K: Eq + Hash + Clone + AsRef<[KeyPart]>,
{
    let mut before: HashMap<K, E::Model> = old.iter().map(&row).collect();
    let mut changed = Vec::new();
    for (key, model) in new.iter().map(&row) {
        if before.remove(&key).as_ref() != Some(&model) {
            changed.push(model.into_active_model());
        }
    }
    let keys: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    for gone in before.into_keys() {
        let mut this = Condition::all();
        for (column, part) in keys.iter().zip(gone.as_ref()) {
            this = match part {
                KeyPart::Text(text) => this.add(column.eq(text.as_str())),
                KeyPart::Number(number) => this.add(column.eq(*number)),
            };
        }
        E::delete_many().filter(this).exec(db).await?;
    }
    let conflict = || OnConflict::columns(keys.clone()).update_columns(E::Column::iter()).to_owned();
    while !changed.is_empty() {
        let rest = changed.split_off(changed.len().min(CHUNK));
        E::insert_many(std::mem::replace(&mut changed, rest))
            .on_conflict(conflict())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

fn from_unit(row: &Unit) -> (Vec<KeyPart>, unit::Model) {
    let model = unit::Model {
        code: row.code.to_string(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        name: row.name.clone(),
        kind: row.kind.word().to_owned(),
        parent: row.parent.as_ref().map(ToString::to_string),
        serves: row.serves.as_ref().map(ToString::to_string),
    };
    (vec![row.code.as_str().into(), row.span.from.0.into()], model)
}

fn to_unit(row: unit::Model) -> Result<Unit, Error> {
    let kind = word("unit", &row.code, &row.kind, UnitKind::parse)?;
    let bad = corrupt("unit", &row.code);
    let code = |text: Option<String>| text.map(UnitCode::try_from).transpose();
    Ok(Unit {
        parent: code(row.parent).map_err(&bad)?,
        serves: code(row.serves).map_err(&bad)?,
        code: row.code.try_into().map_err(&bad)?,
        name: row.name,
        kind,
        span: span(row.from_at, row.to_at),
    })
}

fn from_person(row: &Person) -> (Vec<KeyPart>, person::Model) {
    let model = person::Model { code: row.code.to_string(), name: row.name.clone(), phone: row.phone.clone() };
    (vec![row.code.as_str().into()], model)
}

fn to_person(row: person::Model) -> Result<Person, Error> {
    let bad = corrupt("person", &row.code);
    Ok(Person { code: row.code.try_into().map_err(bad)?, name: row.name, phone: row.phone })
}

fn from_post(row: &Post) -> (Vec<KeyPart>, post::Model) {
    let model = post::Model {
        code: row.code.to_string(),
        name: row.name.clone(),
        kind: row.kind.word().to_owned(),
        unit: row.unit.to_string(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
    };
    (vec![row.code.as_str().into()], model)
}

fn to_post(row: post::Model) -> Result<Post, Error> {
    let kind = word("post", &row.code, &row.kind, PostKind::parse)?;
    let bad = corrupt("post", &row.code);
    Ok(Post {
        unit: row.unit.try_into().map_err(&bad)?,
        code: row.code.try_into().map_err(&bad)?,
        name: row.name,
        kind,
        span: span(row.from_at, row.to_at),
    })
}

fn from_holding(row: &Holding) -> (Vec<KeyPart>, holding::Model) {
    let model = holding::Model {
        post: row.post.to_string(),
        person: row.person.to_string(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        rank: row.rank.word().to_owned(),
    };
    (vec![row.post.as_str().into(), row.person.as_str().into(), row.span.from.0.into()], model)
}

fn to_holding(row: holding::Model) -> Result<Holding, Error> {
    let bad = corrupt("holding", &row.post);
    Ok(Holding {
        rank: word("holding", &row.post, &row.rank, Rank::parse)?,
        post: PostCode::try_from(row.post).map_err(&bad)?,
        person: PersonCode::try_from(row.person).map_err(&bad)?,
        span: span(row.from_at, row.to_at),
    })
}

fn from_matter(row: &Matter) -> (Vec<KeyPart>, matter::Model) {
    let list = |texts: &[String]| serde_json::Value::from(texts.to_vec()).to_string();
    let model = matter::Model {
        code: row.code.to_string(),
        name: row.name.clone(),
        category: row.category.clone(),
        ladder: row.ladder.to_string(),
        conduct: row.conduct,
        materials: list(&row.materials),
        fee_fen: i64::from(row.fee_fen),
        words: list(&row.words),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
    };
    (vec![row.code.as_str().into()], model)
}

fn to_matter(row: matter::Model) -> Result<Matter, Error> {
    let bad = corrupt("matter", &row.code);
    let list = |text: &str| serde_json::from_str(text).map_err(corrupt("matter", &row.code));
    Ok(Matter {
        materials: list(&row.materials)?,
        words: list(&row.words)?,
        fee_fen: u32::try_from(row.fee_fen).map_err(corrupt("matter", &row.code))?,
        ladder: LadderCode::try_from(row.ladder).map_err(&bad)?,
        code: MatterCode::try_from(row.code).map_err(&bad)?,
        name: row.name,
        category: row.category,
        conduct: row.conduct,
        span: span(row.from_at, row.to_at),
    })
}

fn from_mandate(row: &Mandate) -> (Vec<KeyPart>, mandate::Model) {
    let holder = match &row.to {
        Mandated::Kind(kind) => format!("kind:{kind}"),
        Mandated::Post(post) => format!("post:{post}"),
    };
    let power = row.power.word();
    let key = vec![holder.as_str().into(), row.matter.as_str().into(), power.into(), row.span.from.0.into()];
    let model = mandate::Model {
        holder,
        matter: row.matter.to_string(),
        power: power.to_owned(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
    };
    (key, model)
}

fn to_mandate(row: mandate::Model) -> Result<Mandate, Error> {
    let bad = corrupt("mandate", &row.holder);
    let to = match row.holder.split_once(':') {
        Some(("kind", kind)) => Mandated::Kind(word("mandate", &row.holder, kind, PostKind::parse)?),
        Some(("post", post)) => Mandated::Post(post.parse().map_err(&bad)?),
        _ => return Err(Error::corrupt("mandate", &row.holder, "the holder is neither a kind nor a post")),
    };
    Ok(Mandate {
        to,
        power: word("mandate", &row.holder, &row.power, Power::parse)?,
        matter: MatterCode::try_from(row.matter).map_err(&bad)?,
        span: span(row.from_at, row.to_at),
    })
}

fn from_rung(row: &Rung) -> (Vec<KeyPart>, rung::Model) {
    let model = rung::Model {
        ladder: row.ladder.to_string(),
        no: i16::from(row.no),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        ladder_name: row.ladder_name.clone(),
        tier: row.tier.word().to_owned(),
        kind: row.kind.word().to_owned(),
    };
    (vec![row.ladder.as_str().into(), i64::from(row.no).into(), row.span.from.0.into()], model)
}

fn to_rung(row: rung::Model) -> Result<Rung, Error> {
    Ok(Rung {
        tier: word("rung", &row.ladder, &row.tier, Tier::parse)?,
        kind: word("rung", &row.ladder, &row.kind, PostKind::parse)?,
        no: u8::try_from(row.no).map_err(corrupt("rung", &row.ladder))?,
        ladder: row.ladder.clone().try_into().map_err(corrupt("rung", &row.ladder))?,
        ladder_name: row.ladder_name,
        span: span(row.from_at, row.to_at),
    })
}
