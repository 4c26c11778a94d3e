//! Duplicates: what a request follows is another one, that somebody handles or that has a result, and no duplicate
//! itself; whatever becomes of it comes to every household that asked.

use std::collections::BTreeMap;

use liandong_engine::rules::{
    id::RequestId,
    request::{Request, StageKind, event::Event},
};

/// What is wrong with an event of a request that follows another, or is to.
pub(super) fn faults(others: &BTreeMap<RequestId, Request>, request: &Request, event: &Event) -> Vec<String> {
    let follows = || request.merged_into.and_then(|id| others.get(&id));
    let mut faults = Vec::new();
    match event {
        Event::Merged { into, .. } => match others.get(into) {
            None => faults.push("it is merged into itself, or into nothing".to_owned()),
            Some(other) => {
                if other.merged_into.is_some() {
                    faults.push(format!("{into} is a duplicate of {:?} itself", other.merged_into));
                }
                if other.stage.kind() == StageKind::Closed {
                    faults.push(format!("{into} is over"));
                }
                if other.accused != request.accused {
                    faults.push(format!("{into} is about {:?}", other.accused));
                }
            }
        },
        Event::MergedOn { into } => {
            let right = follows().is_some_and(|other| other.merged_into == Some(*into));
            if !right || others.get(into).is_none_or(|end| end.merged_into.is_some()) {
                faults.push(format!("it follows {:?} on to {into}", request.merged_into));
            }
        }
        Event::ResultShared { of, outcome, words, person, post, .. } => {
            let result = follows().filter(|other| other.id == *of).and_then(|other| other.stage.resolution());
            let same =
                result.is_some_and(|r| (&r.outcome, &r.words, &r.person, &r.post) == (outcome, words, person, post));
            if !same {
                faults.push(format!("it has another result than {:?}: {result:?}", request.merged_into));
            }
        }
        Event::Separated { reason, .. } if reason.is_empty() => {
            let gone = follows()
                .is_some_and(|other| other.stage.kind() == StageKind::Closed && other.stage.resolution().is_none());
            if !gone {
                faults.push(format!("nobody separated it, and {:?} is not taken back", request.merged_into));
            }
        }
        _ => {}
    }
    faults
}

/// Whatever follows another request follows one that somebody is to handle: it has no result, and follows no other.
pub(super) fn lost(requests: &BTreeMap<RequestId, Request>) -> Vec<String> {
    let follow = requests.values().filter(|r| r.stage.kind() == StageKind::Merged);
    let handled = |id: &RequestId| requests.get(id).is_some_and(|other| other.handle().is_some());
    let lost = follow.filter(|r| !r.merged_into.as_ref().is_some_and(handled));
    lost.map(|r| format!("{} follows {:?}, which nobody handles", r.id, r.merged_into)).collect()
}
