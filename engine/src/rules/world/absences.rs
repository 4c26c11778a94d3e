//! Who of this world is absent when, and which posts hang on it.

use super::{MatterIx, PersonIx, World};
use crate::rules::{
    absence::{Absence, Absences, Substitute},
    id::{PersonCode, PostCode},
    instant::Instant,
};

impl World {
    pub(super) fn compile_absences(&mut self) {
        self.absences = Absences::build(self.rows.absences.clone());
        let people = self.absences.all().iter().filter_map(|row| self.find_person(row.person.as_str()));
        let mut absentees: Vec<PersonIx> = people.collect();
        absentees.dedup();
        self.absentees = absentees;
    }

    /// All absences, compiled.
    #[must_use]
    pub fn absences(&self) -> &Absences {
        &self.absences
    }

    /// The absence of a person for a matter (none: for everything) at that instant.
    #[must_use]
    pub fn absence(&self, person: PersonIx, matter: Option<MatterIx>, at: Instant) -> Option<&Absence> {
        if !self.absences.anybody(at) || self.absentees.binary_search(&person).is_err() {
            return None;
        }
        let matter = matter.and_then(|matter| self.matter_code(matter));
        self.absences.absent(self.person_code(person)?, matter, at)
    }

    /// The posts whose work may change hands when a person goes or comes back at that instant: those that
    /// the person holds, and those of everybody who then names the person, directly or in turn.
    #[must_use]
    pub fn posts_hanging_on(&self, person: &PersonCode, at: Instant) -> Vec<PostCode> {
        let away = self.absences.all().iter().filter(|row| row.holds().contains(at));
        let names: Vec<(&PersonCode, &PersonCode)> = away
            .filter_map(|row| match &row.substitute {
                Substitute::Person(named) => Some((named, &row.person)),
                Substitute::ByPost => None,
            })
            .collect();
        let mut people = vec![person];
        let mut next = 0;
        while let Some(person) = people.get(next).copied() {
            next += 1;
            for (_, by) in names.iter().filter(|(named, _)| *named == person) {
                if !people.contains(by) {
                    people.push(by);
                }
            }
        }
        let held = people.into_iter().filter_map(|code| self.find_person(code.as_str()));
        let held = held.flat_map(|person| self.held_by(person, at)).filter(|h| self.post_exists(h.post, at));
        let mut posts: Vec<PostCode> = held.filter_map(|h| self.post_code(h.post)).cloned().collect();
        posts.sort_unstable();
        posts.dedup();
        posts
    }

    /// The posts of everybody away at that instant: work that nobody could have stayed with them, and may go to
    /// whoever comes.
    #[must_use]
    pub fn posts_of_the_away(&self, at: Instant) -> Vec<PostCode> {
        let away = self.absences.all().iter().filter(|row| row.holds().contains(at));
        let people = away.filter_map(|row| self.find_person(row.person.as_str()));
        let held = people.flat_map(|person| self.held_by(person, at)).filter(|h| self.post_exists(h.post, at));
        held.filter_map(|h| self.post_code(h.post)).cloned().collect()
    }
}
