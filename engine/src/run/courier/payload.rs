//! What the receiver reads: codes, numbers and instants. No word of a citizen, no name and no telephone:
//! who wants to know more asks the API, which knows who may.

use serde::Serialize;

use super::super::{
    engine::Engine,
    error::Error,
    store::{
        delivery::Delivery,
        outbox::{self, Posted},
        request as rows,
    },
};
use crate::rules::{
    actor::Actor,
    id::RequestId,
    instant::{Instant, Zone},
    notice::{Line, Notice, Urgency, is_over, lines},
    request::Assignment,
};

/// How many notices stand in one digest at most, the oldest of them; it says so when there are more, which
/// are read over the API.
const MOST: usize = 200;

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    delivery: &'a str,
    person: &'a str,
    notices: Vec<Told>,
    more: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    position: i64,
    kind: &'static str,
    kind_zh: &'static str,
    at: String,
    request: Option<String>,
    assignment: Option<u16>,
    duty_change: Option<String>,
    absence: Option<String>,
    roster: Option<String>,
    post: Option<String>,
    unit: Option<String>,
    accept_by: Option<String>,
    finish_by: Option<String>,
    over: bool,
}

impl Engine {
    /// The notices that go out with a delivery, in order, at most `most` of a digest.
    pub(super) async fn posted(&self, delivery: &Delivery, most: u64) -> Result<Vec<Posted>, Error> {
        let db = self.shared.store.read();
        match delivery.urgency {
            Urgency::Urgent | Urgency::Prompt => outbox::one(db, delivery.position, delivery.no).await,
            Urgency::Digest => {
                outbox::of_digest(db, &delivery.person, delivery.deliver_at, delivery.position, most).await
            }
        }
    }

    /// What a delivery says, as JSON: what is over by now is marked so. None where there is nothing left of it that the
    /// person may know of: because they hold no post any more, or it goes round them by now.
    pub(super) async fn payload(&self, delivery: &Delivery) -> Result<Option<Vec<u8>>, Error> {
        let posted = self.posted(delivery, MOST as u64 + 1).await?;
        let mut posted = self.told(&Actor::Person(delivery.person.clone()), posted).await?;
        if posted.is_empty() {
            return Ok(None);
        }
        let more = posted.len() > MOST;
        posted.truncate(MOST);
        let mut ids: Vec<RequestId> = posted.iter().filter_map(|posted| posted.notice.about.request()).collect();
        ids.sort_unstable();
        ids.dedup();
        let assignments = rows::assignments(self.shared.store.read(), &ids).await?;
        let of = |notice: &Notice| {
            let found = notice.about.request().and_then(|id| assignments.get(&id));
            found.map_or(&[][..], Vec::as_slice)
        };
        let (world, now) = (self.world(), self.now());
        let read = posted.into_iter().map(|Posted { position, no, at, notice }| {
            let over = is_over(&world, now, &notice, of(&notice));
            Line { position, no, at, notice, over }
        });
        let told = lines(read.collect()).into_iter().map(|line| told(&line, of(&line.notice), world.zone()));
        let payload = Payload {
            kind: match delivery.urgency {
                Urgency::Urgent => "notice.urgent",
                Urgency::Prompt => "notice.prompt",
                Urgency::Digest => "notice.digest",
            },
            timestamp: delivery.deliver_at.rfc3339(world.zone()),
            data: Data {
                delivery: delivery.id.as_str(),
                person: delivery.person.as_str(),
                notices: told.collect(),
                more,
            },
        };
        serde_json::to_vec(&payload).map(Some).map_err(|e| Error::corrupt("delivery", &delivery.id, e))
    }
}

fn told(line: &Line, assignments: &[Assignment], zone: &Zone) -> Told {
    let Line { position, at, notice, over, .. } = line;
    let about = notice.about.assignment().and_then(|no| assignments.iter().find(|a| a.no == no)).filter(|_| !over);
    let text = |at: Instant| at.rfc3339(zone);
    Told {
        position: *position,
        kind: notice.kind.word(),
        kind_zh: notice.kind.zh(),
        at: text(*at),
        request: notice.about.request().map(|id| id.to_string()),
        assignment: notice.about.assignment().map(|no| no.0),
        duty_change: notice.about.duty_change().map(ToString::to_string),
        absence: notice.about.absence().map(ToString::to_string),
        roster: notice.about.roster().map(ToString::to_string),
        post: notice.about.post().map(ToString::to_string),
        unit: notice.about.unit().map(ToString::to_string),
        accept_by: about.and_then(|a| a.accept.filter(|_| a.accepted_at.is_none())).map(|limit| text(limit.due)),
        finish_by: about.and_then(|a| a.finish).map(|limit| text(limit.due)),
        over: *over,
    }
}
