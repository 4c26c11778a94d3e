//! Absences: who cannot act from when to when, for what, and who stands in.
//!
//! Knows people and matters by code only.

pub mod check;
mod stand_in;

use serde::{Deserialize, Serialize};

pub use stand_in::{Considered, Pass, StandIn, Way};

use super::{
    id::{AbsenceCode, MatterCode, PersonCode},
    instant::{Instant, Span},
};

/// For what somebody is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// For everything.
    All,
    /// For these matters only: there all the same for others, and on duty.
    Matters(Vec<MatterCode>),
}

/// Who stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Substitute {
    /// Whoever else holds the post (B岗).
    ByPost,
    /// This person, and only then whoever else holds the post.
    Person(PersonCode),
}

/// One absence of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Names it.
    pub code: AbsenceCode,
    /// Who cannot act.
    pub person: PersonCode,
    /// From when to when, as was meant.
    pub span: Span,
    /// Why, in the words of who recorded it.
    pub reason: String,
    /// For what.
    pub scope: Scope,
    /// Who stands in.
    pub substitute: Substitute,
    /// When whoever is named to stand in could not any more, having left their last post; none while they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute_until: Option<Instant>,
    /// Who recorded it; none for the operator.
    pub recorded_by: Option<PersonCode>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When the person came back, if that was before the end that was meant.
    pub ended_at: Option<Instant>,
}

impl Absence {
    /// When it holds: never before it was recorded, since until then the person was responsible, and not
    /// after the person came back.
    #[must_use]
    pub fn holds(&self) -> Span {
        Span { from: self.span.from.max(self.recorded_at), to: self.span.to.min(self.ended_at.unwrap_or(Instant::MAX)) }
    }

    /// Who is named to stand in, and can at that instant.
    #[must_use]
    pub fn substitute_at(&self, at: Instant) -> Option<&PersonCode> {
        match &self.substitute {
            Substitute::Person(named) if self.substitute_until.is_none_or(|until| at < until) => Some(named),
            Substitute::Person(_) | Substitute::ByPost => None,
        }
    }

    /// Whether it is an absence for this matter; none asks for one from everything.
    #[must_use]
    pub fn covers(&self, matter: Option<&MatterCode>) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Matters(matters) => matter.is_some_and(|m| matters.contains(m)),
        }
    }
}

/// All absences, compiled: to find that nobody is absent costs next to nothing.
#[derive(Clone, Debug, Default)]
pub struct Absences {
    /// Those that ever hold, in the order of people and of recording.
    rows: Vec<Absence>,
    /// When anybody is absent at all: stretches that neither touch nor overlap, in order.
    anybody: Vec<Span>,
    /// Every beginning and every end, in order, with the row that it is of.
    edges: Vec<(Instant, usize)>,
}

impl Absences {
    /// Compiles them; the order in which they come does not matter.
    #[must_use]
    pub fn build(mut rows: Vec<Absence>) -> Self {
        rows.retain(|row| row.holds().from < row.holds().to);
        rows.sort_by(|a, b| (&a.person, a.recorded_at, &a.code).cmp(&(&b.person, b.recorded_at, &b.code)));
        let mut spans: Vec<Span> = rows.iter().map(Absence::holds).collect();
        spans.sort_unstable();
        let mut anybody: Vec<Span> = Vec::new();
        for span in spans {
            match anybody.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => anybody.push(span),
            }
        }
        let ends = |(ix, row): (usize, &Absence)| [(row.holds().from, ix), (row.holds().to, ix)];
        let mut edges: Vec<(Instant, usize)> = rows.iter().enumerate().flat_map(ends).collect();
        edges.sort_unstable();
        Self { rows, anybody, edges }
    }

    /// Whether anybody is absent at that instant, for whatever: mostly the first and last thing to ask.
    #[must_use]
    pub fn anybody(&self, at: Instant) -> bool {
        let begun = self.anybody.partition_point(|span| span.from <= at);
        begun.checked_sub(1).and_then(|last| self.anybody.get(last)).is_some_and(|span| at < span.to)
    }

    /// All that ever hold, in the order of people and of recording.
    #[must_use]
    pub fn all(&self) -> &[Absence] {
        &self.rows
    }

    /// The absences that begin or end after an instant and not later than another, each with when, in the
    /// order of time.
    pub fn changing(&self, after: Instant, until: Instant) -> impl Iterator<Item = (Instant, &Absence)> {
        let first = self.edges.partition_point(|(at, _)| *at <= after);
        let edges = self.edges.iter().skip(first).take_while(move |(at, _)| *at <= until);
        edges.filter_map(|(at, ix)| Some((*at, self.rows.get(*ix)?)))
    }

    /// The absences of a person that ever hold, in the order of recording.
    #[must_use]
    pub fn of(&self, person: &PersonCode) -> &[Absence] {
        let first = self.rows.partition_point(|row| row.person < *person);
        let count = self.rows.iter().skip(first).take_while(|row| row.person == *person).count();
        self.rows.get(first..first + count).unwrap_or(&[])
    }

    /// The absence of a person for a matter (none: for everything) at that instant. Of several the one
    /// that was recorded last, which says who stands in.
    #[must_use]
    pub fn absent(&self, person: &PersonCode, matter: Option<&MatterCode>, at: Instant) -> Option<&Absence> {
        if !self.anybody(at) {
            return None;
        }
        self.of(person).iter().rev().find(|row| row.holds().contains(at) && row.covers(matter))
    }

    /// Whether a person is absent from everything at some instant of a stretch of time: then the person
    /// is not to be put on duty in it.
    #[must_use]
    pub fn absent_during(&self, person: &PersonCode, during: Span) -> bool {
        self.of(person).iter().any(|row| row.covers(None) && row.holds().overlaps(during))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{instant::Zone, post::Rank};

    fn at(text: &str) -> Instant {
        Instant::parse(text, &Zone::china()).unwrap()
    }

    /// `person from to [>substitute] [@recorded] [matters=m;n] [back=day]`
    fn absence(no: usize, line: &str) -> Absence {
        let words: Vec<&str> = line.split_whitespace().collect();
        let find = |prefix: &str| words[3..].iter().find_map(|w| w.strip_prefix(prefix));
        Absence {
            code: format!("n{no}").parse().unwrap(),
            person: words[0].parse().unwrap(),
            span: Span { from: at(words[1]), to: at(words[2]) },
            reason: "培训".to_owned(),
            scope: find("matters=").map_or(Scope::All, |list| {
                Scope::Matters(list.split(';').filter(|m| !m.is_empty()).map(|m| m.parse().unwrap()).collect())
            }),
            substitute: find(">").map_or(Substitute::ByPost, |p| Substitute::Person(p.parse().unwrap())),
            recorded_by: None,
            recorded_at: find("@").map_or(Instant::MIN, at),
            substitute_until: find("lost=").map(at),
            ended_at: find("back=").map(at),
        }
    }

    fn absences(lines: &[&str]) -> Absences {
        Absences::build(lines.iter().enumerate().map(|(no, line)| absence(no, line)).collect())
    }

    /// Who stands in for `a` on the post that these hold, the first of them as first holder, on 5 October;
    /// whoever is in `recused` must not. Written as everybody considered, and who it is.
    fn check(lines: &[&str], holders: &str, recused: &str, expected: &str) {
        let absences = absences(lines);
        let holders: Vec<(PersonCode, Rank)> = holders
            .split_whitespace()
            .enumerate()
            .map(|(no, p)| (p.parse().unwrap(), if no == 0 { Rank::First } else { Rank::Substitute }))
            .collect();
        let must_not = |person: &PersonCode| recused.split_whitespace().any(|r| r == person.as_str());
        let recused = |person: &PersonCode| must_not(person).then_some(Pass::Recused);
        let (person, matter) = ("a".parse().unwrap(), "m".parse().unwrap());
        let found = absences.stand_in_for(&person, &holders, Some(&matter), at("2026-10-05"), &recused);
        let mut shown: Vec<String> = found
            .considered
            .iter()
            .map(|c| format!("{}{}", c.person, c.pass.map_or(String::new(), |pass| format!(":{pass}"))))
            .collect();
        shown.push(found.person.map_or("nobody".to_owned(), |p| format!("= {p}")));
        assert_eq!(shown.join(" "), expected, "{lines:?}");
        let named = lines.iter().filter(|l| l.contains('>')).count();
        assert!(found.considered.len() <= 1 + holders.len() + named);
    }

    const A: &str = "a 2026-10-01 2026-10-10";
    const B: &str = "b 2026-10-01 2026-10-10";

    #[test]
    fn who_is_there_answers_and_else_who_stands_in() {
        let named = |line: &str, who: &str| format!("{line} >{who}");
        check(&[], "a b", "", "a = a");
        check(&[A], "a b", "", "a:Absent b = b");
        check(&[A], "a", "", "a:Absent nobody");
        check(&[A, B], "a b c", "", "a:Absent b:Absent c = c");
        check(&[A, B], "a b", "", "a:Absent b:Absent nobody");
        check(&[&named(A, "x")], "a b", "", "a:Absent x = x");
        check(&[&named(A, "x"), "x 2026-10-05 2026-10-06"], "a b", "", "a:Absent x:Absent b = b");
        check(&[&named(A, "x"), "x 2026-10-05 2026-10-06 >y"], "a b", "", "a:Absent x:Absent y = y");
    }

    #[test]
    fn a_circle_of_substitutes_gives_nobody() {
        let (a, b) = (format!("{A} >b"), format!("{B} >a"));
        check(&[&a, &b], "a", "", "a:Absent b:Absent a:AskedBefore nobody");
        check(&[&a, &b], "a b", "", "a:Absent b:Absent a:AskedBefore nobody");
        check(&[&a, &b], "a b c", "", "a:Absent b:Absent a:AskedBefore c = c");
        check(&[&format!("{A} >a")], "a", "", "a:Absent a:AskedBefore nobody");
    }

    #[test]
    fn who_must_not_is_passed_and_nobody_acts_in_the_name_of_a_first_holder_who_must_not() {
        check(&[A], "a b c", "b", "a:Absent b:Recused c = c");
        check(&[&format!("{A} >x")], "a b", "x", "a:Absent x:Recused b = b");
        check(&[], "a b", "a", "a:Recused nobody");
        check(&[A], "a b", "a", "a:Recused nobody");
        check(&[&format!("{A} >x"), "x 2026-10-01 2026-10-10 >y"], "a", "x", "a:Absent x:Recused nobody");
    }

    #[test]
    fn an_absence_holds_from_its_recording_to_its_end_and_for_its_matters() {
        for (line, holds) in [
            (A, true),
            ("a 2026-10-06 2026-10-10", false),
            ("a 2026-10-01 2026-10-05", false),
            ("a 2026-10-01 2026-10-10 @2026-10-06", false),
            ("a 2026-10-01 2026-10-10 @2026-10-05", true),
            ("a 2026-10-01 2026-10-10 back=2026-10-05", false),
            ("a 2026-10-01 2026-10-10 back=2026-10-06", true),
            ("a 2026-10-01 2026-10-10 back=2026-09-30", false),
            ("a 2026-10-01 2026-10-10 matters=m;n", true),
            ("a 2026-10-01 2026-10-10 matters=n", false),
        ] {
            let absences = absences(&[line]);
            let matter = "m".parse().unwrap();
            let found = absences.absent(&"a".parse().unwrap(), Some(&matter), at("2026-10-05"));
            assert_eq!(found.is_some(), holds, "{line}");
        }
        // Absent for some matters is there for duty.
        let partly = absences(&["a 2026-10-01 2026-10-10 matters=m"]);
        assert!(partly.absent(&"a".parse().unwrap(), None, at("2026-10-05")).is_none());
        assert!(!partly.absent_during(&"a".parse().unwrap(), Span::ALWAYS));
    }

    #[test]
    fn of_two_absences_the_one_recorded_last_says_who_stands_in() {
        check(
            &["a 2026-10-01 2026-10-10 >x @2026-09-02", "a 2026-10-05 2026-10-06 >y @2026-09-01"],
            "a b",
            "",
            "a:Absent x = x",
        );
    }

    #[test]
    fn whether_anybody_is_absent_is_what_asking_everybody_says() {
        let absences = absences(&[A, "b 2026-10-10 2026-10-12", "c 2026-10-20 2026-10-21", "d 2026-10-02 2026-10-03"]);
        assert_eq!(absences.anybody.len(), 2);
        for hours in 0..24 * 30 {
            let at = at("2026-09-25").plus_minutes(hours * 60);
            let asked = ["a", "b", "c", "d"].iter().any(|p| absences.absent(&p.parse().unwrap(), None, at).is_some());
            assert_eq!(absences.anybody(at), asked);
        }
    }

    #[test]
    fn in_any_tangle_of_absences_who_acts_can_and_nobody_means_that_nobody_can() {
        let mut random = oorandom::Rand32::new(5);
        let mut number = |below: u32| random.rand_range(0..below) as usize;
        let people: Vec<PersonCode> = "abcdefg".chars().map(|c| c.to_string().parse().unwrap()).collect();
        let mut outcomes = [0, 0];
        for _ in 0..5_000 {
            let lines: Vec<String> = (0..number(10))
                .map(|_| {
                    let named = [format!(">{}", people[number(7)]), String::new()][number(3).min(1)].clone();
                    format!("{} 2026-10-01 2026-10-10 {named} @2026-09-0{}", people[number(7)], 1 + number(9))
                })
                .collect();
            let absences = absences(&lines.iter().map(String::as_str).collect::<Vec<_>>());
            let holders: Vec<(PersonCode, Rank)> = people[..number(4)]
                .iter()
                .enumerate()
                .map(|(no, p)| (p.clone(), if no == 0 { Rank::First } else { Rank::Substitute }))
                .collect();
            let must_not = [people[number(7)].clone(), people[number(7)].clone()];
            let recused = |p: &PersonCode| must_not.contains(p) && must_not[0] < must_not[1];
            let noon = at("2026-10-05");
            let unfit = |p: &PersonCode| recused(p).then_some(Pass::Recused);
            let found = absences.stand_in_for(&people[0], &holders, None, noon, &unfit);
            let can = |p: &PersonCode| absences.absent(p, None, noon).is_none() && !recused(p);
            let named = lines.iter().filter(|l| l.contains('>')).count();
            assert!(found.considered.len() <= 1 + holders.len() + named);
            outcomes[usize::from(found.person.is_some())] += 1;
            match found.person {
                Some(person) => assert!(can(person) && found.considered.last().map(|c| c.person) == Some(person)),
                None if recused(&people[0]) => {}
                None => {
                    assert!(holders.iter().all(|(p, _)| !can(p)) && found.considered.iter().all(|c| !can(c.person)))
                }
            }
        }
        assert!(outcomes.iter().all(|n| *n > 500), "{outcomes:?}");
    }

    #[test]
    fn each_wrong_row_is_named_with_its_column() {
        for (line, expected) in [
            (A, None),
            ("a 2026-10-01 2026-10-01", Some("to: the dates are reversed: `to` is not after `from`")),
            ("a 2026-10-01 2026-10-10 >a", Some("substitute: `a` would stand in for themselves")),
            ("a 2026-10-01 2026-10-10 matters=", Some("matters: absence `n0` is for no matter")),
            ("a 2026-10-01 2026-10-10 back=2026-09-30", Some("ended_at: `a` came back before being away")),
        ] {
            let found = check::absences(&[absence(0, line)]);
            assert_eq!(found.first().map(|f| format!("{}: {}", f.column, f.what)).as_deref(), expected, "{line}");
        }
        let silent = Absence { reason: " ".to_owned(), ..absence(0, A) };
        assert_eq!(check::absences(&[silent])[0].column, "reason");
        let long = Absence { reason: "病".repeat(201), ..absence(0, A) };
        assert_eq!(check::absences(&[long])[0].what, "the reason has 201 characters");
        assert_eq!(check::absences(&[absence(0, A), absence(0, B)])[0].column, "code");
    }
}
