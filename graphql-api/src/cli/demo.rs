//! `liandong demo`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use liandong_engine::{
    rules::{
        instant::{Instant, Zone},
        post::PostKind,
        routing::chain,
        tier::Tier,
        tree::UnitIx,
        world::{PersonIx, Table, World},
    },
    run::{engine::Engine, files, private},
};
use liandong_graphql_api::Config;

use super::{
    database::runtime,
    logging::{self, LogFormat},
    output,
    register::load::load,
    secret::SecretFile,
    serve::{address, free, serve},
    signals::Signals,
    start,
    trouble::Trouble,
};

/// The household that the examples ask for.
const HOUSEHOLD: &str = "522325105220-G01-H001";

/// The posts whose holders can be tried.
const ROLES: [PostKind; 9] = [
    PostKind::HouseholdContact,
    PostKind::GroupLeader,
    PostKind::StandingCadre,
    PostKind::ResidentCadre,
    PostKind::OfficeLeader,
    PostKind::WindowClerk,
    PostKind::Dispatcher,
    PostKind::DutyLeader,
    PostKind::Supervisor,
];

/// The matter that the examples ask for.
const MATTER: &str = "water-pipe";

/// Serve the demo town from a database of its own, with people to try it as
///
/// The town of Lugong is in the program. Its places are real, its people are invented. It is loaded when
/// the database is empty; what is done there stays until the directory is deleted.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to listen
    #[arg(long, value_name = "ADDR", env = "LIANDONG_LISTEN", default_value = "127.0.0.1:8080", value_parser = address)]
    listen: SocketAddr,
    /// The directory for the demo's own SQLite file; made if it is missing
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    data: PathBuf,
    /// Another database in place of that file: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::SERVER);
        free(self.listen)?;
        let own = in_directory(&self.data)?;
        let url = self.database.clone().unwrap_or(own);
        // As `serve` would look for it; a server's database has no folder beside it.
        let embedded = url.starts_with("sqlite:");
        let secret = if embedded { SecretFile::default() } else { SecretFile::at(self.data.join("secret")) };
        runtime()?.block_on(async {
            let mut signals = Signals::listen()?;
            let Some(engine) = start::open(&url, &secret, &mut signals).await? else { return Ok(()) };
            if engine.world().register().rows() == 0 {
                let town = files::read_bytes(town, &Zone::china());
                load(&engine, town.map_err(|problems| Trouble::problems(&problems, "nothing was loaded"))?).await?;
            }
            output::print(&self.introduction(&engine).await?)?;
            // Nobody sends work to a demo but whoever stops it.
            let config = Config { listen: self.listen, grace_time: Duration::ZERO, ..Config::default() };
            serve(engine, config, &mut signals).await
        })
    }

    /// Who can be tried, and what to try first.
    async fn introduction(&self, engine: &Engine) -> Result<String, Trouble> {
        let (world, at) = (engine.world(), engine.now());
        let place = household(&world, at).ok_or_else(|| {
            let mend = "name another directory with --data, or another --database";
            Trouble::Refused(format!("the register in this database has no household; {mend}"))
        })?;
        let mut rows = vec![["岗位 role", "姓名 name", "编码 code", "令牌 token"].map(str::to_owned).to_vec()];
        let mut logger = None;
        for (kind, person) in people(&world, place, at) {
            let Some(row) = world.person(person) else { continue };
            let token = engine.issue_token(&row.code).await?;
            rows.push(vec![
                format!("{} {}", kind.zh(), kind.word()),
                row.name.clone(),
                row.code.to_string(),
                token.clone(),
            ]);
            if kind == PostKind::StandingCadre || logger.is_none() {
                logger = Some(token);
            }
        }
        let people = output::table(2, &rows);
        let examples = examples(self.listen, &logger.unwrap_or_default(), world.tree().code(place), at);
        let name = world.tree().upward(place, at).last().map_or("", |root| world.tree().name(root, at));
        Ok(format!("{name} 联动 demo: http://{}/graphql (Ctrl-C stops it)\n\n{people}\n{examples}", self.listen))
    }
}

fn town(table: Table) -> &'static [u8] {
    match table {
        Table::Units => include_bytes!("../../../fixtures/lugong/units.csv"),
        Table::People => include_bytes!("../../../fixtures/lugong/people.csv"),
        Table::Posts => include_bytes!("../../../fixtures/lugong/posts.csv"),
        Table::Holdings => include_bytes!("../../../fixtures/lugong/holdings.csv"),
        Table::Matters => include_bytes!("../../../fixtures/lugong/matters.csv"),
        Table::Mandates => include_bytes!("../../../fixtures/lugong/mandates.csv"),
        Table::Ladders => include_bytes!("../../../fixtures/lugong/ladders.csv"),
        Table::Limits => include_bytes!("../../../fixtures/lugong/limits.csv"),
        Table::Calendars => include_bytes!("../../../fixtures/lugong/calendars.csv"),
        Table::Hours => include_bytes!("../../../fixtures/lugong/hours.csv"),
        Table::Days => include_bytes!("../../../fixtures/lugong/days.csv"),
        Table::Markets => include_bytes!("../../../fixtures/lugong/markets.csv"),
        Table::UnitCalendars => include_bytes!("../../../fixtures/lugong/unit_calendars.csv"),
        Table::Rosters => include_bytes!("../../../fixtures/lugong/rosters.csv"),
        Table::Absences | Table::DutyChanges => b"",
    }
}

fn in_directory(dir: &Path) -> Result<String, Trouble> {
    private::folder(dir).map_err(|error| {
        let mend = "name a directory of your own with --data";
        Trouble::Failed(format!("`{}` cannot be made: {error}; {mend}", dir.display()))
    })?;
    Ok(format!("sqlite://{}", dir.join("liandong.db").display()))
}

/// The household of the examples, or the first one where the town has changed.
fn household(world: &World, at: Instant) -> Option<UnitIx> {
    let tree = world.tree();
    let there = |unit: &UnitIx| tree.tier(*unit) == Some(Tier::Household) && tree.exists(*unit, at);
    tree.find(HOUSEHOLD).filter(there).or_else(|| tree.all().find(there))
}

/// One person for each of the roles, from the household up, nobody twice.
fn people(world: &World, place: UnitIx, at: Instant) -> Vec<(PostKind, PersonIx)> {
    let mut people: Vec<(PostKind, PersonIx)> = Vec::new();
    for link in chain(world, place, at) {
        let (Some(kind), Some(person)) = (world.post_kind(link.post), link.person) else { continue };
        if ROLES.contains(&kind) && !people.iter().any(|(k, p)| *k == kind || *p == person) {
            people.push((kind, person));
        }
    }
    people
}

/// Two lines to paste into a shell.
fn examples(listen: SocketAddr, token: &str, place: &str, at: Instant) -> String {
    let ask = format!(
        r#"{{ whoIsResponsible(place: \"{place}\", matter: \"{MATTER}\") {{ found {{ post {{ name }} person {{ name phone }} }} passed {{ post {{ name }} verdictZh }} }} }}"#
    );
    let log = format!(
        r#"mutation {{ logRequest(input: {{ place: \"{place}\", matter: \"{MATTER}\", channel: HomeVisit, words: \"家里没水\", citizen: {{ name: \"陈先生\" }} }}, idempotencyKey: \"demo-{}\") {{ id receipt request {{ stage }} refusal {{ code message }} }} }}"#,
        at.0
    );
    let curl = |query: &str| {
        format!(
            "curl -s http://{listen}/graphql -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \\\n  -d '{{\"query\": \"{query}\"}}'\n"
        )
    };
    format!("谁负责 who is responsible:\n{}\n登记诉求 log a request:\n{}\n", curl(&ask), curl(&log))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_town_in_the_program_has_somebody_for_every_role() {
        let zone = Zone::china();
        let register = files::read_bytes(town, &zone).unwrap_or_else(|found| panic!("{}", files::listing(&found)));
        let world = super::super::database::compile(register).unwrap();
        let at = Instant::parse("2026-11-01", &zone).unwrap();
        let place = household(&world, at).unwrap();
        assert_eq!(world.tree().code(place), HOUSEHOLD);
        assert!(world.find_matter(MATTER).is_some());
        let kinds: Vec<PostKind> = people(&world, place, at).into_iter().map(|(kind, _)| kind).collect();
        assert!(ROLES.iter().all(|role| kinds.contains(role)), "{kinds:?}");
    }
}
