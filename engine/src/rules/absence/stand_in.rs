//! Who acts for somebody who cannot.

use super::Absences;
use crate::rules::{
    id::{MatterCode, PersonCode},
    instant::Instant,
    post::Rank,
    tier::words,
};

words! {
    /// Why somebody who was considered does not act.
    pub enum Pass {
        /// Is absent too.
        Absent = "不在岗",
        /// Must not have it.
        Recused = "回避",
        /// Holds no post any more: nobody acts for a post who has none.
        NoPost = "已无岗位",
        /// Was considered before: the substitutes go round in a circle.
        AskedBefore = "已询问",
    }
}

words! {
    /// In which way somebody came to be considered.
    pub enum Way {
        /// Is the one asked for.
        Own = "本人",
        /// Was named by who is absent.
        Named = "指定替岗",
        /// Holds the same post.
        ByPost = "B岗",
    }
}

/// One person considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Considered<'a> {
    /// Who.
    pub person: &'a PersonCode,
    /// How the question came to them.
    pub way: Way,
    /// Why they were passed; none for who acts.
    pub pass: Option<Pass>,
}

/// Who acts, and everybody considered on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn<'a> {
    /// Who acts; none when nobody can, which is known at once.
    pub person: Option<&'a PersonCode>,
    /// Everybody considered, in order; who acts is the last.
    pub considered: Vec<Considered<'a>>,
}

impl StandIn<'_> {
    /// As what the person acts: as the post says, else as a substitute.
    #[must_use]
    pub fn rank(&self, holders: &[(PersonCode, Rank)]) -> Option<Rank> {
        let person = self.person?;
        Some(holders.iter().find(|(holder, _)| holder == person).map_or(Rank::Substitute, |(_, rank)| *rank))
    }
}

impl Absences {
    /// Who acts for `person` on a post with these holders (in the order in which they stand in) in a
    /// matter at that instant: the person, if there; else whom the absence names, and whom that one's absence
    /// names; else the other holders in their order, each in the same way.
    ///
    /// Whoever `unfit` says must not have it, or holds no post, is passed. Where the person asked for or a first holder
    /// must not, nobody acts: a substitute would act in that person's name.
    ///
    /// Everybody is asked once, so there are no more steps than the person, the holders and one for each
    /// absence that names somebody; a circle ends where it closes.
    #[must_use]
    pub fn stand_in_for<'a>(
        &'a self,
        person: &'a PersonCode,
        holders: &'a [(PersonCode, Rank)],
        matter: Option<&MatterCode>,
        at: Instant,
        unfit: &dyn Fn(&PersonCode) -> Option<Pass>,
    ) -> StandIn<'a> {
        let mut considered: Vec<Considered<'a>> = Vec::new();
        let first = |who: &PersonCode| holders.iter().any(|(holder, rank)| holder == who && *rank == Rank::First);
        let by_post = holders.iter().map(|(holder, _)| (holder, Way::ByPost));
        for start in std::iter::once((person, Way::Own)).chain(by_post) {
            if considered.iter().any(|c| c.person == start.0) {
                continue;
            }
            let mut next = Some(start);
            while let Some((person, way)) = next.take() {
                let (pass, names) = if considered.iter().any(|c| c.person == person) {
                    (Some(Pass::AskedBefore), None)
                } else if let Some(unfit) = unfit(person) {
                    (Some(unfit), None)
                } else if let Some(absence) = self.absent(person, matter, at) {
                    (Some(Pass::Absent), absence.substitute_at(at))
                } else {
                    (None, None)
                };
                considered.push(Considered { person, way, pass });
                match pass {
                    None => return StandIn { person: Some(person), considered },
                    Some(Pass::Recused) if way == Way::Own || first(person) => {
                        return StandIn { person: None, considered };
                    }
                    Some(_) => next = names.map(|named| (named, Way::Named)),
                }
            }
        }
        StandIn { person: None, considered }
    }
}
