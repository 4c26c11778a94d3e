//! A country for the benchmarks: as many households as wanted, from the province down, with the posts
//! of a town on groups and above, and the matters, mandates and ladders of Lugong.

use liandong_engine::rules::{
    id::{PersonCode, PostCode, UnitCode},
    instant::{Instant, Span},
    matter::Mandated,
    post::{Holding, Person, Post, PostKind, Rank},
    tier::{Unit, UnitKind},
    world::Register,
};

/// Each tier with how many of it stand below one of the tier above, and the digits of its code.
const TIERS: [(UnitKind, u64, usize); 8] = [
    (UnitKind::Province, 1, 2),
    (UnitKind::Prefecture, 9, 2),
    (UnitKind::County, 10, 2),
    (UnitKind::Town, 16, 2),
    (UnitKind::Office, 3, 1),
    (UnitKind::Village, 5, 2),
    (UnitKind::Group, 10, 2),
    (UnitKind::Household, 47, 4),
];

/// The posts of a unit: how many of which kind.
fn posts_on(kind: UnitKind) -> &'static [(PostKind, usize)] {
    match kind {
        UnitKind::Group => &[(PostKind::GroupLeader, 1), (PostKind::GroupLink, 1)],
        UnitKind::Village => &[(PostKind::StandingCadre, 3), (PostKind::ResidentCadre, 1)],
        UnitKind::Office => &[(PostKind::OfficeLeader, 1)],
        UnitKind::Town => &[
            (PostKind::DutyLeader, 3),
            (PostKind::Dispatcher, 1),
            (PostKind::Supervisor, 1),
            (PostKind::TeamMember, 9),
        ],
        UnitKind::Window => &[(PostKind::WindowClerk, 2)],
        UnitKind::Department => &[(PostKind::DepartmentHead, 1)],
        _ => &[],
    }
}

struct Map {
    register: Register,
    wanted: u64,
    households: u64,
    span: Span,
}

/// A register with about so many households.
pub(crate) fn register(wanted: u64, rules: &Register) -> Register {
    let mut map = Map {
        register: Register {
            matters: rules.matters.clone(),
            mandates: rules.mandates.iter().filter(|m| matches!(m.to, Mandated::Kind(_))).cloned().collect(),
            ladders: rules.ladders.clone(),
            ..Register::default()
        },
        wanted,
        households: 0,
        span: Span::since(Instant(1_199_116_800_000_000)),
    };
    // Kinds of posts that the ladders name but nobody has here leave their rungs out.
    map.register.ladders.retain(|r| !matches!(r.kind, PostKind::HouseholdContact | PostKind::AreaCadre));
    map.descend(0, String::new(), None);
    map.register.units.shrink_to_fit();
    map.register.posts.shrink_to_fit();
    map.register.people.shrink_to_fit();
    map.register.holdings.shrink_to_fit();
    map.register
}

impl Map {
    fn descend(&mut self, depth: usize, prefix: String, parent: Option<&UnitCode>) {
        let Some((kind, each, digits)) = TIERS.get(depth) else { return };
        for number in 1..=*each {
            if self.households >= self.wanted {
                return;
            }
            let text = format!("{prefix}{number:0digits$}");
            let code = self.unit(&text, *kind, parent.cloned());
            if *kind == UnitKind::Household {
                self.households += 1;
                continue;
            }
            if *kind == UnitKind::Town {
                let hall = self.unit(&format!("{text}-HALL"), UnitKind::Hall, Some(code.clone()));
                for window in 0..8 {
                    self.unit(&format!("{text}-W{window}"), UnitKind::Window, Some(hall.clone()));
                    self.unit(&format!("{text}-D{window}"), UnitKind::Department, Some(code.clone()));
                }
            }
            self.descend(depth + 1, text, Some(&code));
        }
    }

    fn unit(&mut self, text: &str, kind: UnitKind, parent: Option<UnitCode>) -> UnitCode {
        let code: UnitCode = text.parse().unwrap();
        self.register.units.push(Unit {
            code: code.clone(),
            name: "韦水生".to_owned(),
            kind,
            parent,
            serves: None,
            span: self.span,
        });
        for (kind, many) in posts_on(kind) {
            for number in 0..*many {
                self.post(&format!("{text}-{}{number}", kind.word()), *kind, &code);
            }
        }
        code
    }

    /// A post with a holder, except that one in twenty is vacant.
    fn post(&mut self, text: &str, kind: PostKind, unit: &UnitCode) {
        let code: PostCode = text.parse().unwrap();
        let number = self.register.posts.len();
        let span = self.span;
        if number % 20 != 7 {
            let person: PersonCode = format!("P{number}").parse().unwrap();
            self.register
                .people
                .push(Person { code: person.clone(), name: "岑二组".to_owned(), phone: String::new() });
            self.register.holdings.push(Holding { post: code.clone(), person, rank: Rank::First, span });
        }
        self.register.posts.push(Post { code, name: "组长".to_owned(), kind, unit: unit.clone(), span });
    }
}
