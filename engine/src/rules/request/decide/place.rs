//! Correcting where the need is (更正地点): it was logged for another household than it is about.

use super::{Case, Decision, Refusal, log, text};
use crate::rules::{
    id::UnitCode,
    request::{
        Assignment, Request,
        event::{Event, Recorded},
        refusal::Code,
    },
};

impl Decision<'_> {
    /// The case climbs the ladder of the place that it is about, in the time since it was logged. Whoever has it keeps
    /// it when they may resolve it there too; else it is routed as if it were logged there now.
    pub(super) fn correct_place(
        &self,
        held: &Assignment,
        place: &UnitCode,
        entered_at: Option<&UnitCode>,
        reason: &str,
    ) -> Result<Vec<Recorded>, Refusal> {
        self.not_ruled()?;
        let reason = text::required("reason", reason)?;
        let (case, corrected) = self.case.elsewhere(self.request, place, entered_at)?;
        if (&corrected.place, &corrected.entered_at) == (&self.request.place, &self.request.entered_at) {
            let message = format!("the request is of `{place}` already; give the place where the need is");
            return Refusal::because(Code::NothingToCorrect, message);
        }
        self.may_be_corrected()?;
        if !self.case.is_in_this_town(case.question(0).place) {
            let message = format!("`{place}` is of another town; withdraw this one, and have it logged there");
            return Refusal::because(Code::NotYourUnit, message);
        }
        let (opens, limits) = self.again_as_logged(held, &case, &corrected)?;
        let Request { place, entered_at, .. } = corrected;
        let limits = Box::new(limits);
        let event = Event::PlaceCorrected { ends: held.no, place, entered_at, reason, limits, opens };
        Ok(self.corrected_by(held, event))
    }
}

impl<'a> Case<'a> {
    /// The case as one of that place: a new climb, by the rules of now. It entered where it did, where that unit
    /// serves the place.
    pub(super) fn elsewhere(
        &self,
        request: &Request,
        place: &UnitCode,
        entered_at: Option<&UnitCode>,
    ) -> Result<(Case<'a>, Request), Refusal> {
        let found = log::standing(self.world, self.at, place)?;
        let serves = |code: &UnitCode| log::serving(self.world, self.at, found, code);
        let entered_at = match entered_at {
            Some(code) => Some(serves(code).map(|_| code.clone())?),
            None => request.entered_at.clone().filter(|code| serves(code).is_ok()),
        };
        let corrected = Request { place: place.clone(), entered_at, ..request.clone() };
        Ok((self.as_logged_now(corrected.clone())?, corrected))
    }
}
