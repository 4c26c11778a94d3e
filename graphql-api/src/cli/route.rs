//! `liandong route`.

use clap::Args;
use liandong_engine::{
    rules::{
        id::{MatterCode, PersonCode, UnitCode},
        instant::Instant,
        routing::{self, Account, BEYOND, Exclusions, Loads, Question, RungNo},
        tier::UnitKind,
        tree::UnitIx,
        world::{MatterIx, PersonIx, PostIx, World},
    },
    run::source::Clock,
};

use super::{
    database::{Origin, Place, compile, read_files, with_existing},
    instant,
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// Who is responsible for a matter at a place, and why that person
///
/// Prints the chain from the place up with a verdict for every post passed. From files nobody has any
/// open work, so equals are told apart by code alone.
#[derive(Debug, Args)]
pub(super) struct Route {
    /// Where the need is: mostly a household
    #[arg(long, value_name = "CODE")]
    place: UnitCode,
    /// What it is about
    #[arg(long, value_name = "CODE")]
    matter: MatterCode,
    /// Whom it would complain of; several times for several people
    #[arg(long, value_name = "CODE")]
    accused: Vec<PersonCode>,
    /// The day or instant; now, when it is not given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    origin: Origin,
}

impl Route {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let (text, answered) = match self.origin.place()? {
            Place::Files(dir) => {
                let world = compile(read_files(dir, "nobody was asked")?)?;
                let question = self.question(&world)?;
                let route = routing::route(&world, &question, &self.exclusions(&world)?, &Loads::default());
                (self.tell(&world, &question, &route), route.found.is_some())
            }
            Place::Database(url) => with_existing(url, async |engine| {
                let world = engine.world();
                let (question, exclusions) = (self.question(&world)?, self.exclusions(&world)?);
                let route = match self.at {
                    Some(_) => engine.who_is_responsible(&world, &question, &exclusions).await?,
                    None => engine.who_is_responsible_now(&world, &question, &exclusions).await?,
                };
                Ok((self.tell(&world, &question, &route), route.found.is_some()))
            })?,
        };
        output::print(&text)?;
        if answered {
            return Ok(());
        }
        let mend = "let somebody hold the dispatcher's post above this place";
        Err(Trouble::Refused(format!("nobody answers for it, not even a dispatcher; {mend}")))
    }

    fn question(&self, world: &World) -> Result<Question, Trouble> {
        let at = self.at.unwrap_or_else(|| Clock::System.now());
        let missing = |what: &str, code: &dyn std::fmt::Display, when: &str| {
            Trouble::Refused(format!("{what} `{code}` is not in the register{when}; check the code"))
        };
        let when = self.at.map_or_else(|| " now".to_owned(), |at| format!(" at {}", at.text(world.zone())));
        let place = world.find_unit(self.place.as_str()).filter(|unit| world.tree().exists(*unit, at));
        let place = place.ok_or_else(|| missing("place", &self.place, &when))?;
        let matter = world.find_matter(self.matter.as_str()).ok_or_else(|| missing("matter", &self.matter, ""))?;
        Ok(Question::new(place, matter, at))
    }

    fn exclusions(&self, world: &World) -> Result<Exclusions, Trouble> {
        let find = |code: &PersonCode| {
            let missing = || Trouble::Refused(format!("accused `{code}` is not in the register; check the code"));
            world.find_person(code.as_str()).ok_or_else(missing)
        };
        let accused = self.accused.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Exclusions { accused, ..Exclusions::default() })
    }

    fn tell(&self, world: &World, question: &Question, route: &routing::Route) -> String {
        let words = Words { world, at: question.at };
        if self.json { words.json(question, route) } else { words.text(question, route) }
    }
}

/// Tells of one world at one instant.
struct Words<'a> {
    world: &'a World,
    at: Instant,
}

impl Words<'_> {
    fn text(&self, question: &Question, route: &routing::Route) -> String {
        let world = self.world;
        let head = [
            ["地点 place", &self.unit(question.place)],
            ["", &self.way(question.place)],
            ["事项 matter", &self.matter(question.matter)],
            ["时间 at", &self.at.rfc3339(world.zone())],
        ];
        let head: Vec<Vec<String>> = head.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let offered = if self.offered(question.matter) { "" } else { "此时不受理 not offered at that time\n" };
        let mut chain = Vec::new();
        for passed in &route.passed {
            let kind = format!("{} {}", passed.kind.zh(), passed.kind.word());
            let post = passed.post.map_or_else(|| "此级无岗 no such post here".to_owned(), |post| self.post(post));
            let verdict = format!("✗ {} {}", passed.verdict.zh(), passed.verdict.word());
            chain.push(vec![rung(passed.rung), kind, verdict, post]);
        }
        let mut end = String::from("\n负责人 responsible: 无 nobody\n");
        if let Some(found) = route.found {
            let kind = world.post_kind(found.post).map(|k| format!("{} {}", k.zh(), k.word())).unwrap_or_default();
            let person = self.person(found.person);
            let rank = format!("✓ {} {}", found.rank.zh(), found.rank.word());
            chain.push(vec![rung(found.rung), kind, rank, format!("{}: {person}", self.post(found.post))]);
            let phone = world.person(found.person).map_or("", |person| &person.phone);
            end = format!("\n负责人 responsible: {person} {phone}").trim_end().to_owned() + "\n";
            if route.is_unrouted() {
                end += "层级上无人可办，交派单 no rung answers; the dispatcher takes it\n";
            }
        }
        format!("{}{offered}\n{}{end}", output::table(0, &head), output::table(2, &chain))
    }

    fn json(&self, question: &Question, route: &routing::Route) -> String {
        let tree = self.world.tree();
        let matter = self.world.matter(question.matter);
        let person = route.found.and_then(|found| self.world.person(found.person));
        let answer = serde_json::json!({
            "place": { "code": tree.code(question.place), "name": tree.name(question.place, self.at) },
            "matter": { "code": matter.map(|m| m.code.as_str()), "name": matter.map(|m| m.name.as_str()) },
            "offered": self.offered(question.matter),
            "at": self.at.rfc3339(self.world.zone()),
            "responsible": person.map(|p| serde_json::json!({ "code": p.code.as_str(), "name": p.name, "phone": p.phone })),
            "unrouted": route.is_unrouted(),
            "account": Account::of(self.world, route),
        });
        format!("{answer:#}\n")
    }

    fn unit(&self, unit: UnitIx) -> String {
        let tree = self.world.tree();
        let kind = tree.kind(unit).map_or("", UnitKind::zh);
        format!("{} ({kind} {})", tree.name(unit, self.at), tree.code(unit))
    }

    /// The units above, from the root down.
    fn way(&self, unit: UnitIx) -> String {
        let tree = self.world.tree();
        let mut way: Vec<&str> = tree.upward(unit, self.at).map(|above| tree.name(above, self.at)).collect();
        way.reverse();
        way.join(" › ")
    }

    fn matter(&self, matter: MatterIx) -> String {
        self.world.matter(matter).map(|row| format!("{} ({})", row.name, row.code)).unwrap_or_default()
    }

    /// Whether the matter can be asked for at that time.
    fn offered(&self, matter: MatterIx) -> bool {
        self.world.matter(matter).is_some_and(|row| row.span.contains(self.at))
    }

    fn post(&self, post: PostIx) -> String {
        self.world.post(post).map(|row| format!("{} ({})", row.name, row.code)).unwrap_or_default()
    }

    fn person(&self, person: PersonIx) -> String {
        self.world.person(person).map(|row| format!("{} ({})", row.name, row.code)).unwrap_or_default()
    }
}

/// The number of a rung; those beyond the ladder have none.
fn rung(no: RungNo) -> String {
    if no < BEYOND { no.to_string() } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use liandong_engine::{rules::instant::Zone, run::files};

    use super::*;

    #[test]
    fn the_chain_is_told_with_every_verdict() {
        let zone = Zone::china();
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds/hamlet");
        let world = compile(files::read(&dir, &zone).unwrap()).unwrap();
        let route = Route {
            place: "H11".parse().unwrap(),
            matter: "street-lamp".parse().unwrap(),
            accused: Vec::new(),
            at: Some(Instant::parse("2016-01-01", &zone).unwrap()),
            json: false,
            origin: Origin::default(),
        };
        let question = route.question(&world).unwrap();
        let found = routing::route(&world, &question, &Exclusions::default(), &Loads::default());
        assert_eq!(
            route.tell(&world, &question, &found),
            "\
地点 place   韦水生户 (户 H11)
             小镇 › 河边村 › 河边村一组 › 韦水生户
事项 matter  路灯维修 (street-lamp)
时间 at      2016-01-01T00:00:00+08:00

  1  联户党员 HouseholdContact  ✗ 无权限 NoMandate  韦水生户联户党员 (H11-C)
  2  组长 GroupLeader           ✗ 无权限 NoMandate  一组组长 (G1-LEAD)
  3  村常务干部 StandingCadre   ✗ 无权限 NoMandate  河边村支书 (V-SC)
  4  驻村干部 ResidentCadre     ✓ 第一 First        河边村驻村干部 (V-RC): 潘驻村 (P6)

负责人 responsible: 潘驻村 (P6) 00000000006
"
        );
    }
}
