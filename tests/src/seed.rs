//! Bases of many stored requests, decided by the rules in memory and written in bulk.

use std::sync::Arc;

use liandong_engine::{
    rules::{
        actor::Actor,
        id::{MatterCode, PersonCode, UnitCode},
        instant::Instant,
        post::PostKind,
        request::{
            Channel, Citizen, How, Outcome,
            command::{Command, LogRequest},
            decide,
        },
        routing::{Exclusions, Loads, Question, route},
        tier::Tier,
        tree::UnitIx,
        world::{MatterIx, PersonIx, World},
    },
    run::{
        source::Entropy,
        store::{
            Store,
            seed::{Made, append_seed, hasten},
        },
    },
};

use crate::{stores::Trouble, town::SECRET};

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The throw with a number in the sequence of a seed, whoever throws it and when.
    #[must_use]
    pub fn nth(seed: u64, n: u64) -> Self {
        let mut dice = Self(seed ^ n.wrapping_mul(0xD134_2543_DE82_EF95));
        dice.0 = dice.throw();
        dice
    }

    /// The next number.
    pub const fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.throw() % end).unwrap_or(0)
    }

    /// One of them; none of none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// A standing cadre logs a matter for a household of the own village.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The cadre.
    pub logger: PersonCode,
    /// The village.
    pub village: UnitCode,
    /// The household.
    pub place: UnitCode,
    /// The matter.
    pub matter: MatterCode,
}

impl Scene {
    /// What the cadre writes down.
    #[must_use]
    pub fn log(&self) -> LogRequest {
        LogRequest {
            place: self.place.clone(),
            matter: self.matter.clone(),
            channel: Channel::HomeVisit,
            entered_at: None,
            words: "屋后的水管破了两天,一家五口没有水用,请尽快来人修理".to_owned(),
            citizen: Citizen { name: "韦某某".to_owned(), phone: "00000000000".to_owned() },
            accused: Vec::new(),
        }
    }
}

struct Home {
    place: UnitIx,
    village: UnitIx,
    loggers: Vec<PersonIx>,
}

/// Everything that can be logged in a town.
pub struct Scenes {
    world: Arc<World>,
    homes: Vec<Home>,
    matters: Vec<MatterIx>,
    at: Instant,
}

impl Scenes {
    /// The households that a standing cadre answers for, and the matters that name nobody, at an instant.
    #[must_use]
    pub fn of(world: Arc<World>, at: Instant) -> Self {
        let tree = world.tree();
        let home = |place: UnitIx| {
            let village = tree.upward(place, at).find(|u| tree.tier(*u) == Some(Tier::Village))?;
            let posts = world.desks(village, PostKind::StandingCadre, at);
            let loggers: Vec<PersonIx> = posts.filter_map(|p| Some(world.holders(p, at).next()?.person)).collect();
            (!loggers.is_empty()).then_some(Home { place, village, loggers })
        };
        let households = tree.all().filter(|u| tree.tier(*u) == Some(Tier::Household) && tree.exists(*u, at));
        let homes = households.filter_map(home).collect();
        let offered = |m: &MatterIx| world.matter(*m).is_some_and(|m| !m.conduct && m.span.contains(at));
        let matters = world.matters().filter(offered).collect();
        Self { homes, matters, at, world }
    }

    /// Any household, any matter.
    pub fn any(&self, dice: &mut Dice) -> Option<Scene> {
        let (home, matter) = (dice.pick(&self.homes)?, *dice.pick(&self.matters)?);
        self.scene(home, *dice.pick(&home.loggers)?, matter)
    }

    /// A matter that somebody else resolves in the group itself, so that every step of the life of the
    /// request is a step of its own.
    pub fn near(&self, dice: &mut Dice) -> Option<Scene> {
        for _ in 0..1_000 {
            let (home, matter) = (dice.pick(&self.homes)?, *dice.pick(&self.matters)?);
            let logger = *dice.pick(&home.loggers)?;
            let question = Question::new(home.place, matter, self.at);
            let route = route(&self.world, &question, &Exclusions::default(), &Loads::default());
            let near = |post| matches!(self.world.post_kind(post), Some(PostKind::GroupLeader | PostKind::GroupLink));
            if route.found.is_some_and(|found| near(found.post) && found.person != logger) {
                return self.scene(home, logger, matter);
            }
        }
        None
    }

    /// A household, with a cadre who may look at it.
    pub fn household(&self, dice: &mut Dice) -> Option<(UnitCode, PersonCode)> {
        let home = dice.pick(&self.homes)?;
        let person = self.world.person_code(*dice.pick(&home.loggers)?)?;
        Some((self.world.tree().code(home.place).parse().ok()?, person.clone()))
    }

    fn scene(&self, home: &Home, logger: PersonIx, matter: MatterIx) -> Option<Scene> {
        let code = |unit| self.world.tree().code(unit).parse().ok();
        Some(Scene {
            logger: self.world.person_code(logger)?.clone(),
            village: code(home.village)?,
            place: code(home.place)?,
            matter: self.world.matter_code(matter)?.clone(),
        })
    }
}

/// What a base is like.
#[derive(Clone, Copy, Debug)]
pub struct Mix {
    /// The sequence that everything is drawn from.
    pub seed: u64,
    /// How many requests.
    pub count: u64,
    /// How many of a thousand are not at their end.
    pub open_of_thousand: usize,
    /// The instant of the first command.
    pub from: Instant,
    /// All commands come before this one.
    pub to: Instant,
}

/// More commands than any life below has.
const COMMANDS: i64 = 9;

/// Makes one request after another.
struct Maker {
    scenes: Scenes,
    mix: Mix,
    dice: Dice,
    entropy: Entropy,
    at: Instant,
    step: i64,
}

impl Maker {
    fn new(world: &Arc<World>, mix: Mix) -> Self {
        let commands = i64::try_from(mix.count).unwrap_or(i64::MAX).saturating_mul(COMMANDS).max(1);
        Self {
            scenes: Scenes::of(Arc::clone(world), mix.from),
            dice: Dice::new(mix.seed),
            entropy: Entropy::seeded(mix.seed),
            at: mix.from,
            step: (mix.to.0.saturating_sub(mix.from.0) / commands).max(1),
            mix,
        }
    }

    fn next_instant(&mut self) -> Instant {
        self.at = Instant(self.at.0.saturating_add(self.step));
        self.at
    }

    fn log(&mut self) -> Result<Made, Trouble> {
        let scene = self.scenes.any(&mut self.dice).ok_or("the town has no household with a standing cadre")?;
        let at = self.next_instant();
        let (fresh, actor) = (self.entropy.fresh(at, &SECRET)?, Actor::Person(scene.logger.clone()));
        let records = decide::log(&self.scenes.world, at, &actor, fresh, &scene.log(), &Loads::default());
        let records = records.map_err(|refused| format!("logging was refused: {}", refused.message))?;
        Made::begin(&self.scenes.world, at, records).ok_or_else(|| "logging made no request".into())
    }

    /// What whoever it is up to does next; as it was when the rules refuse.
    fn act(&mut self, made: Made, command: &Command) -> Result<Made, Trouble> {
        let at = self.next_instant();
        let request = made.request();
        let person = request.handle().or_else(|| request.relay()).map(|a| Actor::Person(a.person.clone()));
        let actor = match command {
            Command::Rate { .. } | Command::Withdraw { .. } => Actor::Citizen(request.id),
            _ => person.ok_or("nobody holds the request")?,
        };
        match decide::decide(&self.scenes.world, request, at, &actor, command, &Loads::default()) {
            Ok(records) => {
                made.then(&self.scenes.world, at, records).ok_or_else(|| "the events make no request".into())
            }
            Err(_) => Ok(made),
        }
    }

    /// A whole life, or one that stops on the way.
    fn make(&mut self) -> Result<Made, Trouble> {
        let text = |text: &str| text.to_owned();
        let mut made = self.log()?;
        let (open, kind, way) =
            (self.dice.below(1_000) < self.mix.open_of_thousand, self.dice.below(100), self.dice.below(100));
        if open && kind < 30 {
            return Ok(made);
        }
        if !open && kind < 2 {
            return self.act(made, &Command::Withdraw { reason: text("自己修好了") });
        }
        made = self.act(made, &Command::Accept)?;
        if way < 5 {
            made = self.act(made, &Command::Escalate { reason: text("本组没有材料,请上级安排") })?;
            made = self.act(made, &Command::Accept)?;
        }
        if open && kind < 80 {
            return Ok(made);
        }
        if open && kind < 90 {
            return self.act(made, &Command::AskCitizen { question: text("哪天在家?") });
        }
        let words = text("水管已接好,水费不另收");
        made = self.act(made, &Command::Resolve { outcome: Outcome::Solved, words, face_to_face: false })?;
        if open {
            return Ok(made);
        }
        let (whom, when) = (text("户主本人"), self.at);
        made = self.act(made, &Command::ConfirmRelay { told: true, whom, when, how: How::FaceToFace })?;
        if kind < 15 { Ok(made) } else { self.act(made, &Command::Rate { satisfied: true, words: text("满意") }) }
    }
}

/// Requests that one commit writes.
const BATCH: u64 = 5_000;

/// Writes a base: requests are made in a thread of their own while those before them are written.
/// `wrote` is told how many there are so far. What it writes is the same for the same seed and town.
///
/// # Errors
/// When the rules refuse what they must not refuse, or the store fails.
pub async fn seed(store: &Store, world: &Arc<World>, mix: Mix, mut wrote: impl FnMut(u64)) -> Result<(), Trouble> {
    let (send, mut batches) = tokio::sync::mpsc::channel::<Vec<Made>>(2);
    let mut maker = Maker::new(world, mix);
    let making = tokio::task::spawn_blocking(move || -> Result<(), Trouble> {
        let mut left = mix.count;
        while left > 0 {
            let size = left.min(BATCH);
            let batch = (0..size).map(|_| maker.make()).collect::<Result<Vec<_>, _>>()?;
            if send.blocking_send(batch).is_err() {
                break;
            }
            left -= size;
        }
        Ok(())
    });
    hasten(store).await?;
    let mut count = 0;
    while let Some(batch) = batches.recv().await {
        count += u64::try_from(batch.len()).unwrap_or(0);
        append_seed(store, world, batch).await?;
        wrote(count);
    }
    making.await?
}
