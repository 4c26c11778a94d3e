//! Correcting who asks (更正当事人): a name or a telephone that was written down wrongly. Nothing else follows from it.

use super::{Decision, Refusal, log, text};
use crate::rules::request::{
    Citizen,
    event::{Event, Recorded},
    refusal::Code,
};

impl Decision<'_> {
    pub(super) fn correct_citizen(&self, citizen: &Citizen, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let citizen = log::citizen(citizen)?;
        if citizen == self.request.citizen {
            return Refusal::because(Code::NothingToCorrect, "name and telephone are written down so already");
        }
        Ok(self.plain(Event::CitizenCorrected { citizen, reason }))
    }
}
