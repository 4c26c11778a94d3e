//! The database that is measured: the demo town, a base of stored requests, a token for everybody.

use std::{collections::HashMap, time::Instant as Stopwatch};

use hyper::header::HeaderValue;
use liandong_engine::{
    rules::{
        actor::Actor,
        id::{PersonCode, RequestId},
    },
    run::{
        engine::{Command, Engine, Order},
        source::{Clock, Entropy},
        store::Store,
        verify::verify,
    },
};
use liandong_tests::{
    fixtures,
    seed::{Dice, Mix, Scenes, seed},
    stores::{CLUSTER, Kind, TestDb, Trouble},
    town::{Answered, RefusedError, SECRET},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TryGetable};

use crate::{options::Options, report::Report, say};

/// The stored requests were asked within so many days.
const DAYS: i64 = 30;

/// A database that is ready to be served.
pub(crate) struct Bed {
    /// Its address.
    pub(crate) url: String,
    /// Which store it is.
    pub(crate) kind: Kind,
    /// What can be logged.
    pub(crate) scenes: Scenes,
    /// A request that the engine logged there: what its rows look like.
    pub(crate) sample: RequestId,
    tokens: HashMap<String, HeaderValue>,
    own: Option<TestDb>,
}

impl Bed {
    /// Prepares the database; none when the store is not to be had here.
    pub(crate) async fn prepare(options: &Options) -> Result<Option<(Self, Report)>, Trouble> {
        let own = match &options.database {
            Some(_) => None,
            None => match TestDb::new(options.store.into()).await? {
                Some(own) => Some(own),
                None => return Ok(None),
            },
        };
        let url = options.database.clone().or_else(|| own.as_ref().map(|db| db.url.clone())).unwrap_or_default();
        let kind = if url.starts_with("sqlite:") { Kind::Sqlite } else { Kind::Postgres };
        let mut report = Report::new("base", &format!("the database before anything is measured, on {}", name(kind)));

        let now = Clock::System.now();
        // The town was loaded before anybody asked anything: time does not run backward in the journal.
        let clock = Clock::manual(now.plus_days(-DAYS));
        let store = Store::open(&url).await?;
        let engine = Engine::open(store.clone(), clock.clone(), Entropy::System).await?;
        engine.make_receipts_with(SECRET, false).await?;
        if engine.world().register().rows() == 0 {
            order(&engine, Actor::Operator, Command::Load(Box::new(fixtures::register("lugong")))).await?;
        }
        let db = Database::connect(&url).await?;
        let stored = count(&db, "SELECT count(*) FROM request").await?;
        if stored == 0 && options.base > 0 {
            let mix = Mix {
                seed: options.seed,
                count: options.base,
                open_of_thousand: options.open.into(),
                from: clock.now().plus_minutes(1),
                to: now.plus_minutes(-1),
            };
            sow(&store, &engine, mix, &mut report).await?;
            if kind == Kind::Postgres {
                db.execute_unprepared("VACUUM (ANALYZE)").await?;
            }
        } else if stored > 0 {
            report.note("the database held requests already and is used as it is");
        }

        clock.set(now);
        // Whatever ran out in those days has run out, so that the server finds what a server finds.
        let (begun, ran_out) = (Stopwatch::now(), engine.tick().await?);
        if ran_out > 0 {
            let seconds = begun.elapsed().as_secs_f64();
            report.figure("limits_run_out", float(ran_out), "while the base was made");
            report.figure("limits_run_out_per_s", float(ran_out) / seconds, "limits/s, nothing else going on");
        }
        let scenes = Scenes::of(engine.world(), now);
        let scene =
            scenes.near(&mut Dice::new(options.seed)).ok_or("this is not the demo town: nothing can be logged")?;
        let done = order(&engine, Actor::Person(scene.logger.clone()), Command::Log(scene.log())).await?;
        let sample = done.request.ok_or("logging gave no request")?;
        let tokens = tokens(&engine).await?;
        engine.stop().await?;
        let open = "SELECT cast(coalesce(sum(handles), 0) as bigint) FROM workload";
        for (figure, sql) in [
            ("stored_requests", "SELECT count(*) FROM request"),
            ("open_requests", open),
            ("journal_entries", "SELECT count(*) FROM journal"),
        ] {
            report.figure(figure, float(count(&db, sql).await?), "");
        }
        report.figure("database_megabytes", float(size(&db, kind).await?) / 1e6, "MB");
        db.close().await?;
        Ok(Some((Self { url, kind, scenes, sample, tokens, own }, report)))
    }

    /// The token of a person.
    pub(crate) fn token(&self, person: &str) -> Result<&HeaderValue, String> {
        self.tokens.get(person).ok_or_else(|| "no token for that person".to_owned())
    }

    /// A connection of the generator's own.
    pub(crate) async fn connect(&self) -> Result<DatabaseConnection, Trouble> {
        Ok(Database::connect(&self.url).await?)
    }

    /// Whether every row equals its fold, into a report.
    pub(crate) async fn verify(&self, when: &str) -> Result<Report, Trouble> {
        let mut report = Report::new("verify", when);
        let (begun, store) = (Stopwatch::now(), Store::connect(&self.url).await?);
        let found = verify(&store).await?;
        store.close().await?;
        report.figure("requests", float(found.requests), "").figure("entries", float(found.entries), "");
        report.figure("differences", float(u64::try_from(found.differences.len())?), "");
        report.figure("seconds", begun.elapsed().as_secs_f64(), "s");
        for difference in found.differences.iter().take(5) {
            report.note(difference);
        }
        Ok(report)
    }

    /// Takes a throw-away database away.
    pub(crate) async fn remove(self) -> Result<(), Trouble> {
        match self.own {
            Some(db) if db.kind == Kind::Postgres => drop_database(&db.url).await,
            _ => Ok(()),
        }
    }
}

/// Drops a database of the throw-away cluster.
pub(crate) async fn drop_database(url: &str) -> Result<(), Trouble> {
    let (cluster, name) = url.rsplit_once('/').ok_or("the address names no database")?;
    let admin = Database::connect(format!("{cluster}/postgres")).await?;
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    admin.close().await?;
    Ok(())
}

/// Why there is nothing to measure.
pub(crate) fn missing() -> String {
    format!("load: there is no PostgreSQL here ({CLUSTER} is not set); run it through tests/scripts/with-postgres")
}

/// The name of a store.
pub(crate) const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "SQLite",
        Kind::Postgres => "PostgreSQL",
    }
}

async fn order(engine: &Engine, actor: Actor, command: Command) -> Result<liandong_engine::run::engine::Done, Trouble> {
    let key = format!("load-{}", engine.now().0);
    let answer = engine.execute(Order { actor, key, command }).await?;
    Ok(answer.map(Answered).map_err(RefusedError)?.0)
}

async fn sow(store: &Store, engine: &Engine, mix: Mix, report: &mut Report) -> Result<(), Trouble> {
    let begun = Stopwatch::now();
    let mut next = mix.count.min(100_000);
    seed(store, &engine.world(), mix, |wrote| {
        if wrote >= next {
            say(&format!("  {wrote} requests stored after {:.1} s", begun.elapsed().as_secs_f64()));
            next += 250_000;
        }
    })
    .await?;
    let seconds = begun.elapsed().as_secs_f64();
    report.figure("seeding_seconds", seconds, "s").figure("seeded_per_s", float(mix.count) / seconds, "requests/s");
    Ok(())
}

/// A token for everybody who holds a post.
async fn tokens(engine: &Engine) -> Result<HashMap<String, HeaderValue>, Trouble> {
    let (world, at) = (engine.world(), engine.now());
    let mut tokens = HashMap::new();
    let holds = |code: &&PersonCode| {
        world.find_person(code.as_str()).is_some_and(|person| world.held_by(person, at).next().is_some())
    };
    let people: Vec<&PersonCode> = world.people().filter_map(|p| world.person_code(p)).filter(holds).collect();
    for person in people {
        let token = engine.issue_token(person).await?;
        let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
        value.set_sensitive(true);
        tokens.insert(person.to_string(), value);
    }
    Ok(tokens)
}

/// The one number that a statement gives.
pub(crate) async fn count(db: &DatabaseConnection, sql: &str) -> Result<u64, Trouble> {
    Ok(u64::try_from(value::<i64>(db, sql).await?)?)
}

/// The one value that a statement gives.
pub(crate) async fn value<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<T, Trouble> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.ok_or("the database gave no row")?.try_get_by_index::<T>(0)?)
}

/// How many bytes the database has; of an SQLite file also what still stands in its write-ahead log.
async fn size(db: &DatabaseConnection, kind: Kind) -> Result<u64, Trouble> {
    let sql = match kind {
        Kind::Postgres => "SELECT pg_database_size(current_database())",
        Kind::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    };
    count(db, sql).await
}

/// A count for a report.
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}
