//! The rows of one logged and routed request, as the engine wrote them, to be written again under
//! other names.

use liandong_engine::rules::{
    id::{ReceiptHash, RequestId},
    instant::Instant,
};
use liandong_schema::entity::{assignment, journal, outbox, receipt, request, request_unit};
use liandong_tests::{seed::Dice, stores::Trouble};
use sea_orm::{ColumnTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter, Statement, Value};

/// The rows that logging left behind.
pub(crate) struct Sample {
    request: request::Model,
    units: Vec<request_unit::Model>,
    assignment: assignment::Model,
    journal: journal::Model,
    outbox: Vec<outbox::Model>,
    receipt: receipt::Model,
}

impl Sample {
    /// Reads them.
    pub(crate) async fn read(db: &DatabaseConnection, id: RequestId) -> Result<Self, Trouble> {
        let gone = || Trouble::from("the sample is not in the database");
        let journal =
            journal::Entity::find().filter(journal::Column::Request.eq(id.0)).one(db).await?.ok_or_else(gone)?;
        let receipts = receipt::Entity::find().filter(receipt::Column::Actor.eq(&journal.actor));
        Ok(Self {
            request: request::Entity::find_by_id(id.0).one(db).await?.ok_or_else(gone)?,
            units: request_unit::Entity::find().filter(request_unit::Column::Request.eq(id.0)).all(db).await?,
            assignment: assignment::Entity::find_by_id((id.0, 1)).one(db).await?.ok_or_else(gone)?,
            outbox: outbox::Entity::find().filter(outbox::Column::Position.eq(journal.position)).all(db).await?,
            receipt: receipts.one(db).await?.ok_or_else(gone)?,
            journal,
        })
    }

    /// How many rows there are, with the counter and the head.
    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(6 + self.units.len() + self.outbox.len()).unwrap_or(0)
    }

    /// The statements of one commit of `batch` requests, one statement a table; `done` is how many the
    /// client has written. The head is one row for all, so only a client that is alone moves it.
    pub(crate) fn statements(
        &self,
        backend: DbBackend,
        client: u64,
        clients: u64,
        done: u64,
        batch: u64,
        dice: &mut Dice,
    ) -> Vec<Statement> {
        let mut tables: [Vec<Vec<Value>>; 6] = Default::default();
        let [requests, units, assignments, journal, outbox, receipts] = &mut tables;
        let mut newest = (0, 0);
        for n in done..done + batch {
            let position = i64::try_from(n * clients + client).unwrap_or(0) + 1;
            let at = self.request.logged_at + position;
            newest = (position, at);
            let mut random = [0; 16];
            random.iter_mut().for_each(|b| *b = u8::try_from(dice.throw() & 255).unwrap_or(0));
            let [a, b, c, d, e, f, g, h, i, j, ..] = random;
            let id = RequestId::from_parts(Instant(at), [a, b, c, d, e, f, g, h, i, j]).0;
            requests.push(self.request(id, &ReceiptHash(random).to_string(), at));
            units.extend(self.units.iter().map(|u| vec![u.unit.as_str().into(), id.into()]));
            assignments.push(self.assignment(id, at));
            let of = &self.journal;
            let texts = [of.kind.as_str().into(), of.actor.as_str().into(), of.body.as_str().into()];
            journal.push([vec![position.into(), id.into(), of.seq.into(), at.into()], texts.to_vec()].concat());
            outbox.extend(self.outbox.iter().map(|o| {
                let told: [Value; 2] = [o.person.as_str().into(), o.kind.as_str().into()];
                [vec![position.into(), o.no.into()], told.to_vec(), vec![id.into(), o.assignment.into(), at.into()]]
                    .concat()
            }));
            let (of, key) = (&self.receipt, format!("{id}-log"));
            receipts.push(vec![
                of.actor.as_str().into(),
                key.into(),
                of.command.as_str().into(),
                of.answer.as_str().into(),
                at.into(),
            ]);
        }
        let mut statements: Vec<Statement> = TABLES
            .iter()
            .zip(tables)
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(table, rows)| insert(backend, table, rows))
            .collect();
        let count = "INSERT INTO workload (person, handles) VALUES ($1, $2) \
                     ON CONFLICT (person) DO UPDATE SET handles = workload.handles + excluded.handles";
        let person = format!("{}-{client}", self.assignment.person);
        let batch = i32::try_from(batch).unwrap_or(1);
        statements.push(Statement::from_sql_and_values(backend, count, [person.into(), batch.into()]));
        if clients == 1 {
            let head = "UPDATE head SET position = $1, at = $2 WHERE id = 1";
            statements.push(Statement::from_sql_and_values(backend, head, [newest.0.into(), newest.1.into()]));
        }
        statements
    }

    fn request(&self, id: uuid::Uuid, receipt: &str, at: i64) -> Vec<Value> {
        let of = &self.request;
        let text = |text: &String| Value::from(text.as_str());
        vec![
            id.into(),
            receipt.into(),
            text(&of.matter),
            text(&of.place),
            text(&of.channel),
            of.entered_at.clone().into(),
            text(&of.words),
            text(&of.citizen_name),
            text(&of.citizen_phone),
            text(&of.accused),
            text(&of.logged_by),
            at.into(),
            text(&of.stage),
            text(&of.facts),
            text(&of.climb),
            of.returns.into(),
            of.reopened.into(),
            of.events.into(),
        ]
    }

    fn assignment(&self, id: uuid::Uuid, at: i64) -> Vec<Value> {
        let of = &self.assignment;
        let text = |text: &String| Value::from(text.as_str());
        vec![
            id.into(),
            of.no.into(),
            text(&of.duty),
            text(&of.post),
            text(&of.person),
            of.rung.into(),
            at.into(),
            of.accepted_at.into(),
            of.ended_at.into(),
            of.ended_how.clone().into(),
        ]
    }
}

/// The tables and their columns, in the order of the rows above.
const TABLES: [&str; 6] = [
    "request (id, receipt, matter, place, channel, entered_at, words, citizen_name, citizen_phone, accused, logged_by, logged_at, stage, facts, climb, returns, reopened, events)",
    "request_unit (unit, request)",
    "assignment (request, no, duty, post, person, rung, opened_at, accepted_at, ended_at, ended_how)",
    "journal (position, request, seq, at, kind, actor, body)",
    "outbox (position, no, person, kind, request, assignment, at)",
    "receipt (actor, key, command, answer, at)",
];

fn insert(backend: DbBackend, table: &str, rows: Vec<Vec<Value>>) -> Statement {
    let mut no = 0;
    let rows_of_marks = rows.iter().map(|row| {
        let marks: Vec<String> = row
            .iter()
            .map(|_| {
                no += 1;
                format!("${no}")
            })
            .collect();
        format!("({})", marks.join(", "))
    });
    let sql = format!("INSERT INTO {table} VALUES {}", rows_of_marks.collect::<Vec<_>>().join(", "));
    Statement::from_sql_and_values(backend, sql, rows.into_iter().flatten())
}
