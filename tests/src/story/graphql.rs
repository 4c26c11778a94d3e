//! The driver over GraphQL: a real server on a loopback socket, and everything asked and ordered as a
//! client would, each person with a token, each citizen with the receipt.
//!
//! Two things differ by design, and are taken for what they are here and nowhere else. The operator
//! and the files have no API: they go to the engine, as the command line does. And a query has no
//! refusals: an unknown place is an input error.

mod duty;
mod mutation;
mod row;

use std::collections::HashMap;

use liandong_engine::rules::{
    actor::Actor,
    authority::{Act, is_out_of_office, may, reads_map},
    id::{MatterCode, PersonCode, RequestId, UnitCode},
    instant::{Instant, Span, Zone},
    notice::{Line, delivery::DeliveryId},
    register,
    request::{
        command::{Command, LogRequest},
        refusal::Code,
        relation::roles,
    },
    world::Register,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::{
    mutation::{Mutation, OF_REGISTER, Payload},
    row::{EntryRow, JOURNAL, NOTICES, NoticePage, Page, RequestRow, VIEW, WHO, WayRow},
};
use super::{
    driver::{Call, Driver, Failure, Refused},
    duty::{Change, Stint},
    stored::Stored,
    view::{Entry, View, Way},
};
use crate::{
    client::{Client, Reply},
    serving::{Serving, config},
    stores::{Kind, Trouble},
};

/// The API on a store of its own.
#[derive(Debug)]
pub struct Graphql {
    serving: Option<Serving>,
    tokens: HashMap<PersonCode, String>,
    receipts: HashMap<RequestId, String>,
    loggers: HashMap<RequestId, Actor>,
    stored: Stored,
}

impl Graphql {
    /// On a town; none when there is no such store here.
    ///
    /// # Errors
    /// When the store or the server is not to be had.
    pub fn open(kind: Kind, rows: Register) -> Result<Option<Self>, Trouble> {
        let Some(stored) = Stored::open(kind, rows)? else { return Ok(None) };
        let serving = stored.runtime().block_on(Serving::start(stored.engine(), &config()))?;
        let (tokens, receipts, loggers) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Some(Self { serving: Some(serving), tokens, receipts, loggers, stored }))
    }

    /// A client that is this actor.
    fn client(&mut self, actor: &Actor) -> Result<Client, Failure> {
        let client = &self.serving.as_ref().ok_or_else(|| broken("the server is gone"))?.client;
        match actor {
            Actor::Person(person) => {
                if let Some(token) = self.tokens.get(person) {
                    return Ok(client.bearer(token));
                }
                let issued = self.stored.engine().issue_token(person);
                let token = self.stored.runtime().block_on(issued).map_err(broken)?;
                let client = client.bearer(&token);
                self.tokens.insert(person.clone(), token);
                Ok(client)
            }
            Actor::Citizen(id) => {
                let receipt = self.receipts.get(id).ok_or_else(|| broken("nobody has the receipt"))?;
                Ok(client.receipt(receipt))
            }
            Actor::Operator | Actor::System => Err(broken("neither the operator nor time has an API")),
        }
    }

    fn send(&mut self, actor: &Actor, query: &str, variables: Value) -> Result<Reply, Failure> {
        let client = self.client(actor)?;
        self.stored.runtime().block_on(client.post(query, variables)).map_err(broken)
    }

    /// What a query gives at a place in its data.
    fn ask<T: DeserializeOwned>(
        &mut self,
        at: Instant,
        actor: &Actor,
        query: &str,
        variables: Value,
        place: &str,
    ) -> Result<T, Failure> {
        self.stored.clock().set(at);
        read(&self.send(actor, query, variables)?, place)
    }

    /// What a mutation gives when it is not refused.
    fn order(&mut self, call: &Call, mutation: Mutation) -> Result<Payload, Failure> {
        self.stored.clock().set(call.at);
        let (query, variables) = mutation.with_key(&call.key);
        let reply = self.send(&call.actor, &query, variables)?;
        Payload::of(&reply, mutation.name)
    }

    /// Somebody who may read the map.
    fn reader(&mut self, at: Instant) -> Result<Actor, Failure> {
        self.stored.clock().set(at);
        let world = self.stored.engine().world();
        let reads =
            |code: &&PersonCode| world.find_person(code.as_str()).is_some_and(|person| reads_map(&world, person, at));
        let anybody = world.register().people.iter().map(|person| &person.code).find(reads);
        Ok(Actor::Person(anybody.ok_or_else(|| broken("nobody may read the map"))?.clone()))
    }

    /// Whoever logged a request, who sees it while they hold a post; after that whoever had an assignment of it last
    /// and does; else whoever sees it.
    fn teller(&self, at: Instant, request: RequestId) -> Result<Actor, Failure> {
        self.stored.clock().set(at);
        let logger = self.loggers.get(&request).ok_or_else(|| broken("nobody logged it"))?;
        let (engine, world) = (self.stored.engine(), self.stored.engine().world());
        if !is_out_of_office(&world, logger, at) {
            return Ok(logger.clone());
        }
        let row = self.stored.runtime().block_on(engine.request(&Actor::Operator, request)).map_err(broken)?;
        let row = row.ok_or_else(|| broken("there is no such request"))?;
        let had = row.assignments.iter().rev().map(|assignment| assignment.person.clone());
        // Else whoever sees what becomes of it by a post.
        let all = world.register().people.iter().map(|person| person.code.clone());
        let sees = |actor: &Actor| {
            !is_out_of_office(&world, actor, at) && may(roles(&world, &row, actor, at), Act::SeeHandling)
        };
        had.chain(all).map(Actor::Person).find(sees).ok_or_else(|| broken("nobody sees it any more"))
    }

    fn seen(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<Option<RequestRow>, Failure> {
        self.ask(at, actor, VIEW, json!({ "id": request.to_string() }), "/request")
    }

    fn entries(&mut self, at: Instant, request: RequestId) -> Result<Vec<EntryRow>, Failure> {
        let teller = self.teller(at, request)?;
        let page: Page = self.ask(at, &teller, JOURNAL, json!({ "id": request.to_string() }), "/request/journal")?;
        if page.page_info.has_next_page {
            return Err(broken("a story with more than a page of journal"));
        }
        Ok(page.edges.into_iter().map(|edge| edge.node).collect())
    }
}

impl Drop for Graphql {
    #[expect(clippy::panic, reason = "a server that stops in disorder has failed the story")]
    fn drop(&mut self) {
        let Some(serving) = self.serving.take() else { return };
        match self.stored.runtime().block_on(serving.stop()) {
            Err(trouble) if !std::thread::panicking() => panic!("the server stopped in disorder: {trouble}"),
            _ => {}
        }
    }
}

fn read<T: DeserializeOwned>(reply: &Reply, place: &str) -> Result<T, Failure> {
    let data = reply.data().map_err(broken)?;
    let value = data.pointer(place).cloned().unwrap_or_default();
    T::deserialize(&value).map_err(|error| broken(format!("{error}: {value}")))
}

fn broken(error: impl ToString) -> Failure {
    Failure::Broken(error.to_string())
}

fn unseen(request: RequestId) -> Failure {
    let message = format!("request `{request}` is not among those you see; check the id");
    Failure::Refused(Refused { code: Code::UnknownRequest.word().to_owned(), message })
}

/// A query has no refusals: what is wrong with an argument is an error that names it. What the rules
/// call the same is known by the words.
fn of_input(reply: &Reply) -> Option<Result<Way, Failure>> {
    if reply.error_code() != "BAD_INPUT" {
        return None;
    }
    let json = reply.json();
    let message = json.pointer("/errors/0/message").and_then(Value::as_str)?;
    let (argument, what) = message.split_once(": ")?;
    let (what, _mend) = what.split_once("; ")?;
    let code = match argument {
        // Nobody answers for what is not there.
        "`place`" if what.ends_with("does not exist at that time") => {
            return Some(Ok(Way { found: None, passed: Vec::new() }));
        }
        "`place`" => Code::UnknownPlace,
        "`matter`" => Code::UnknownMatter,
        _ => return None,
    };
    Some(Err(Failure::Refused(Refused { code: code.word().to_owned(), message: what.to_owned() })))
}

impl Driver for Graphql {
    fn log(&mut self, call: &Call, request: &LogRequest) -> Result<RequestId, Failure> {
        let payload = self.order(call, Mutation::log(request))?;
        let (Some(id), Some(receipt)) = (payload.id, payload.receipt) else {
            return Err(broken("logging gave no request"));
        };
        let id = id.parse().map_err(broken)?;
        self.receipts.insert(id, receipt);
        self.loggers.insert(id, call.actor.clone());
        Ok(id)
    }

    fn act(&mut self, call: &Call, request: RequestId, command: &Command) -> Result<(), Failure> {
        if call.actor == Actor::Operator {
            return self.stored.act(call, request, command);
        }
        self.order(call, Mutation::act(request, command)).map(drop)
    }

    fn together(&mut self, request: RequestId, acts: &[(Call, Command)]) -> Vec<Result<(), Failure>> {
        if let Some((call, _)) = acts.first() {
            self.stored.clock().set(call.at);
        }
        let clients: Vec<_> = acts.iter().map(|(call, _)| self.client(&call.actor)).collect();
        let replies = acts.iter().zip(clients).map(|((call, command), client)| async move {
            let mutation = Mutation::act(request, command);
            let (query, variables) = mutation.with_key(&call.key);
            let reply = client?.post(&query, variables).await.map_err(broken)?;
            Payload::of(&reply, mutation.name).map(drop)
        });
        self.stored.runtime().block_on(futures_util::future::join_all(replies))
    }

    fn register(&mut self, call: &Call, command: &register::command::Command) -> Result<(), Failure> {
        if call.actor == Actor::Operator {
            return self.stored.register(call, command);
        }
        self.order(call, Mutation::register(command)).map(drop)
    }

    fn load(&mut self, call: &Call, rows: &Register) -> Result<(), Failure> {
        self.stored.load(call, rows)
    }

    fn pass(&mut self, at: Instant) -> Result<(), Failure> {
        self.stored.pass(at)
    }

    fn replay(&mut self, call: &Call, delivery: &DeliveryId) -> Result<(), Failure> {
        if call.actor == Actor::Operator {
            return self.stored.replay(call, delivery);
        }
        let args = vec![("delivery", "ID!", json!(delivery))];
        self.order(call, Mutation { name: "replayDelivery", args, gives: OF_REGISTER }).map(drop)
    }

    fn notices(&mut self, at: Instant, person: &PersonCode) -> Result<Vec<Line>, Failure> {
        let actor = Actor::Person(person.clone());
        let page: NoticePage = self.ask(at, &actor, NOTICES, Value::Null, "/notices")?;
        if page.page_info.has_next_page {
            return Err(broken("a story with more than a page of notices"));
        }
        page.edges.into_iter().rev().map(|edge| edge.node.line(person)).collect()
    }

    fn look(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<View, Failure> {
        if *actor == Actor::Operator {
            return self.stored.look(at, actor, request);
        }
        let seen = self.seen(at, actor, request)?.ok_or_else(|| unseen(request))?;
        if matches!(actor, Actor::Citizen(_)) && !seen.assignments.is_empty() {
            return Err(broken("the citizen sees who handled it"));
        }
        Ok(seen.into())
    }

    fn view(&mut self, at: Instant, request: RequestId) -> Result<View, Failure> {
        let teller = self.teller(at, request)?;
        let seen = self.seen(at, &teller, request)?;
        seen.map(Into::into).ok_or_else(|| broken("whoever is to see it does not"))
    }

    fn account(&mut self, at: Instant, request: RequestId) -> Result<Way, Failure> {
        let newest = self.entries(at, request)?.into_iter().rev().find_map(|entry| entry.opens);
        newest.map(|opens| opens.account.into()).ok_or_else(|| broken("a journal without an assignment"))
    }

    fn journal(&mut self, at: Instant, request: RequestId) -> Result<Vec<Entry>, Failure> {
        self.entries(at, request)?.into_iter().map(TryInto::try_into).collect()
    }

    fn who(
        &mut self,
        at: Instant,
        place: &UnitCode,
        matter: &MatterCode,
        on: Instant,
        accused: &[PersonCode],
    ) -> Result<Way, Failure> {
        let anybody = self.reader(at)?;
        let at = on.rfc3339(&Zone::china());
        let variables = json!({ "place": place, "matter": matter, "at": at, "accused": accused });
        let reply = self.send(&anybody, WHO, variables)?;
        match of_input(&reply) {
            Some(answer) => answer,
            None => read::<WayRow>(&reply, "/whoIsResponsible").map(Into::into),
        }
    }

    fn on_duty(&mut self, at: Instant, unit: &UnitCode, on: Instant) -> Result<Vec<Stint>, Failure> {
        let variables = json!({ "unit": unit, "at": on.rfc3339(&Zone::china()) });
        let anybody = self.reader(at)?;
        let rows: Vec<duty::StintRow> = self.ask(at, &anybody, duty::ON_DUTY, variables, "/onDuty")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    fn roster(&mut self, at: Instant, unit: &UnitCode, during: Span) -> Result<Vec<Stint>, Failure> {
        let text = |at: Instant| at.rfc3339(&Zone::china());
        let variables = json!({ "unit": unit, "from": text(during.from), "to": text(during.to) });
        let anybody = self.reader(at)?;
        let rows: Vec<duty::StintRow> = self.ask(at, &anybody, duty::ROSTER, variables, "/dutyRoster")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    fn duty_changes(&mut self, at: Instant, unit: &UnitCode) -> Result<Vec<Change>, Failure> {
        let anybody = self.reader(at)?;
        let rows: duty::ChangesRow = self.ask(at, &anybody, duty::CHANGES, json!({ "unit": unit }), "/dutyChanges")?;
        rows.try_into()
    }
}
