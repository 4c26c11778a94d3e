//! `liandong request recompute`.

use clap::Args;
use liandong_engine::{
    rules::{actor::Actor, instant::Instant, request::command::Command as Act, world::World},
    run::{
        engine::{Command, Engine, Order},
        query::{MOST, RequestFilter},
        recompute::Preview,
    },
};

use super::{
    database::{Database, find_unit, with_existing},
    output,
    trouble::Trouble,
};

/// Reckons the limits of open requests anew, or shows what that would come to
///
/// After a holiday that was declared late, or a change of the limits in the register. Without `--reason` nothing is
/// changed: each limit that would move is shown, from when to when.
#[derive(Debug, Args)]
pub(super) struct Recompute {
    /// Only requests in this unit
    #[arg(long, value_name = "CODE")]
    unit: Option<liandong_engine::rules::id::UnitCode>,
    /// Only requests of this matter
    #[arg(long, value_name = "CODE")]
    matter: Option<String>,
    /// With the times that the register gives today, instead of those of the day each was logged
    #[arg(long)]
    rules_of_today: bool,
    /// Do it, and write this down on each request as the reason
    #[arg(long, value_name = "WORDS")]
    reason: Option<String>,
    #[command(flatten)]
    database: Database,
}

impl Recompute {
    pub(super) fn run(self) -> Result<(), Trouble> {
        let text = with_existing(&self.database.url, async |engine| self.work(engine).await)?;
        Ok(output::print(&text)?)
    }

    async fn work(&self, engine: &Engine) -> Result<String, Trouble> {
        let world = engine.world();
        let unit = self.unit.as_ref().map(|code| find_unit(&world, code, engine.now())).transpose()?;
        if let Some(code) = self.matter.as_ref().filter(|code| world.find_matter(code).is_none()) {
            return Err(Trouble::Refused(format!("matter `{code}` is not in the catalogue; look it up there")));
        }
        let filter = RequestFilter { unit, stages: RequestFilter::running(), matter: self.matter.clone() };
        let (mut rows, mut before, mut looked, mut moving) = (Vec::new(), None, 0_usize, 0_usize);
        loop {
            let asked = engine.preview(&Actor::Operator, &filter, self.rules_of_today, before, MOST).await?;
            let (previews, next) = asked;
            looked += previews.len();
            for preview in previews.iter().filter(|preview| !preview.moved.is_empty()) {
                moving += 1;
                rows.extend(lines(&world, preview));
                self.apply(engine, preview).await?;
            }
            before = next;
            if before.is_none() {
                break;
            }
        }
        let done = if self.reason.is_some() { "已重算 reckoned anew" } else { "将变动 would move" };
        Ok(format!("{}{looked} 件在办 open, {moving} 件{done}\n", output::table(2, &rows)))
    }

    async fn apply(&self, engine: &Engine, preview: &Preview) -> Result<(), Trouble> {
        let Some(reason) = self.reason.clone() else { return Ok(()) };
        let request = preview.request.id;
        let command = Act::Recompute { rules_of_today: self.rules_of_today, reason, bases: Vec::new() };
        // As many events as the request has: a second run after a failure does not do it twice.
        let key = format!("recompute {request} {}", preview.request.events);
        let order = Order { actor: Actor::Operator, key, command: Command::Act { request, command } };
        match engine.execute(order).await? {
            Ok(_) => Ok(()),
            Err(refused) => Err(Trouble::Refused(format!("request {request}: {}", refused.message))),
        }
    }
}

fn lines(world: &World, preview: &Preview) -> Vec<Vec<String>> {
    let time = |at: Instant| at.rfc3339(world.zone()).chars().take(16).collect::<String>();
    let line = |moved: &liandong_engine::rules::request::event::Moved| {
        vec![
            preview.request.id.to_string(),
            moved.kind.zh().to_owned(),
            time(moved.was.due),
            "→".to_owned(),
            time(moved.is.limit.due),
        ]
    };
    preview.moved.iter().map(line).collect()
}
