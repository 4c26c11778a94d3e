//! One rule for every text of every command: each of them is refused with its field's name when it holds what
//! people cannot see or do not write. All stories are played, and each command that has an effect is tried with
//! each of its texts spoiled first.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    rc::Rc,
};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::{MatterCode, PersonCode, RequestId, UnitCode},
        instant::{Instant, Span, Zone},
        notice::{Line, delivery::DeliveryId},
        register,
        request::command::{Command, LogRequest},
        world::Register,
    },
    run::files,
};
use liandong_tests::story::{
    driver::{Call, Driver, Failure, Refused},
    duty::{Change, Stint},
    play_all,
    rules::Rules,
    view::{Entry, View, Way},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What no text may have in it: one of each kind.
const BAD: [char; 10] = [
    '\u{0}',
    '\u{1b}',
    '\u{200b}',
    '\u{202e}',
    '\u{2066}',
    '\u{2800}',
    '\u{e000}',
    '\u{feff}',
    '\u{ffff}',
    '\u{e0041}',
];

/// Fields by the command that has them, as they were refused.
type Seen = BTreeMap<String, BTreeSet<String>>;

/// The rules, with every text of every command spoiled before the command itself.
struct Spoiler {
    rules: Box<dyn Driver>,
    seen: Rc<RefCell<Seen>>,
    tried: usize,
    keys: BTreeSet<String>,
    times: BTreeMap<(String, String), usize>,
}

/// A spoiled text that was tried: where it stood, and what became of it.
struct Tried {
    field: String,
    outcome: Result<(), Failure>,
}

impl Spoiler {
    /// Tries a command with each of its texts spoiled.
    fn spoil<C: Serialize + DeserializeOwned>(
        &mut self,
        what: &str,
        call: &Call,
        command: &C,
        mut act: impl FnMut(&mut dyn Driver, &Call, &C) -> Result<(), Failure>,
    ) -> Vec<Tried> {
        let whole = serde_json::to_value(command).unwrap();
        let mut tried = Vec::new();
        for pointer in texts(&whole, String::new()) {
            // Twice is enough: there are many stories.
            if self.times.get(&(what.to_owned(), pointer.clone())) == Some(&2) {
                continue;
            }
            for bad in BAD {
                let mut spoiled = whole.clone();
                let text = spoiled.pointer_mut(&pointer).unwrap();
                *text = Value::String(format!("一{bad}二"));
                // A code or a word of a list: what is none of them is refused by the form already.
                let Ok(spoiled) = serde_json::from_value(spoiled) else { continue };
                self.tried += 1;
                let call = Call { key: format!("spoiled-{}", self.tried), ..call.clone() };
                let outcome = act(&mut *self.rules, &call, &spoiled);
                tried.push(Tried { field: pointer.clone(), outcome });
            }
        }
        tried
    }

    /// Whether it is not a command that was sent before: the answer to that says nothing of the state now.
    fn is_new(&mut self, call: &Call) -> bool {
        self.keys.insert(format!("{:?} {}", call.actor, call.key))
    }

    /// What of the tries says that a text was taken, or refused for something else, though the command is right.
    fn judge(&mut self, command: &str, tried: Vec<Tried>, right: bool) {
        let tried: Vec<Tried> = tried.into_iter().filter(|_| right).collect();
        for field in tried.iter().map(|one| &one.field).collect::<BTreeSet<_>>() {
            *self.times.entry((command.to_owned(), field.clone())).or_default() += 1;
        }
        for Tried { field, outcome } in tried {
            let name = field.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap().to_owned();
            match outcome {
                Err(Failure::Refused(Refused { code, message })) if code == "BadText" => {
                    assert!(message.contains(&name), "{command} {field}: {message}");
                    self.seen.borrow_mut().entry(command.to_owned()).or_default().insert(name);
                }
                other => panic!("{command} {field}: {other:?}"),
            }
        }
    }
}

/// Where texts stand in a value.
fn texts(value: &Value, at: String) -> Vec<String> {
    match value {
        Value::String(_) => vec![at],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, item)| texts(item, format!("{at}/{n}"))).collect()
        }
        Value::Object(fields) => fields.iter().flat_map(|(name, field)| texts(field, format!("{at}/{name}"))).collect(),
        _ => Vec::new(),
    }
}

/// The command's own name: that of its variant, and of the one in it.
fn name(command: &impl Serialize) -> String {
    match serde_json::to_value(command).unwrap() {
        Value::String(name) => name,
        Value::Object(fields) => {
            let (name, inner) = fields.into_iter().next().unwrap();
            match (name.as_str(), inner) {
                ("Duty", Value::Object(inner)) => inner.into_iter().next().unwrap().0,
                _ => name,
            }
        }
        other => panic!("{other}"),
    }
}

impl Driver for Spoiler {
    fn log(&mut self, call: &Call, request: &LogRequest) -> Result<RequestId, Failure> {
        // Telephones and names may be left out, and are texts all the same.
        let mut whole = request.clone();
        whole.citizen.name = "韦某".to_owned();
        whole.citizen.phone = "00000000000".to_owned();
        let tried = self.spoil("LogRequest", call, &whole, |rules, call, spoiled| rules.log(call, spoiled).map(|_| ()));
        let done = self.rules.log(call, request);
        let right = self.is_new(call) && done.is_ok();
        self.judge("LogRequest", tried, right);
        done
    }

    fn act(&mut self, call: &Call, request: RequestId, command: &Command) -> Result<(), Failure> {
        let tried =
            self.spoil(command.kind().word(), call, command, |rules, call, spoiled| rules.act(call, request, spoiled));
        let done = self.rules.act(call, request, command);
        let right = self.is_new(call) && done.is_ok();
        self.judge(command.kind().word(), tried, right);
        done
    }

    fn register(&mut self, call: &Call, command: &register::command::Command) -> Result<(), Failure> {
        let tried = self.spoil(&name(command), call, command, |rules, call, spoiled| rules.register(call, spoiled));
        let done = self.rules.register(call, command);
        let right = self.is_new(call) && done.is_ok();
        self.judge(&name(command), tried, right);
        done
    }

    fn load(&mut self, call: &Call, rows: &Register) -> Result<(), Failure> {
        self.rules.load(call, rows)
    }

    fn replay(&mut self, call: &Call, delivery: &DeliveryId) -> Result<(), Failure> {
        self.rules.replay(call, delivery)
    }

    fn notices(&mut self, at: Instant, person: &PersonCode) -> Result<Vec<Line>, Failure> {
        self.rules.notices(at, person)
    }

    fn pass(&mut self, at: Instant) -> Result<(), Failure> {
        self.rules.pass(at)
    }

    fn look(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<View, Failure> {
        self.rules.look(at, actor, request)
    }

    fn view(&mut self, at: Instant, request: RequestId) -> Result<View, Failure> {
        self.rules.view(at, request)
    }

    fn account(&mut self, at: Instant, request: RequestId) -> Result<Way, Failure> {
        self.rules.account(at, request)
    }

    fn journal(&mut self, at: Instant, request: RequestId) -> Result<Vec<Entry>, Failure> {
        self.rules.journal(at, request)
    }

    fn who(
        &mut self,
        at: Instant,
        place: &UnitCode,
        matter: &MatterCode,
        on: Instant,
        accused: &[PersonCode],
    ) -> Result<Way, Failure> {
        self.rules.who(at, place, matter, on, accused)
    }

    fn on_duty(&mut self, at: Instant, unit: &UnitCode, on: Instant) -> Result<Vec<Stint>, Failure> {
        self.rules.on_duty(at, unit, on)
    }

    fn roster(&mut self, at: Instant, unit: &UnitCode, during: Span) -> Result<Vec<Stint>, Failure> {
        self.rules.roster(at, unit, during)
    }

    fn duty_changes(&mut self, at: Instant, unit: &UnitCode) -> Result<Vec<Change>, Failure> {
        self.rules.duty_changes(at, unit)
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

fn town(name: &str) -> Result<Register, String> {
    let directory = if name == "lugong" { fixtures().join(name) } else { fixtures().join("worlds").join(name) };
    files::read(&directory, &Zone::china()).map_err(|problems| format!("{}: {problems:?}", directory.display()))
}

/// Every text of every command, as `command: fields`. A new text of a command stands here, or in no story.
const TEXTS: &str = "
AddNote: text
AddPerson: name, phone
ArrangeCover: reason
AskCitizen: question
AskExtension: reason
CallHelp: reason
ChangeRoster: name
ConfirmRelay: whom
Correct: reason
CorrectCitizen: name, phone, reason
CorrectPlace: reason
CreatePost: name
CreateUnit: name
DeclareDays: name
Delegate: instruction
Escalate: reason
LogRequest: name, phone, words
Merge: reason
OfferSwap: reason
Rate: words
Recall: reason
Recompute: reason
RecordAbsence: reason
RefuseExtension: reason
Reject: explanation
Remind: words
RenameUnit: name
Report: words
Resolve: words
Resume: answer
Rule: ruling
SendBack: reason
Separate: reason
SetUpRoster: name
Supervise: words
TakeOver: reason
Transfer: reason
Withdraw: reason
";

#[test]
fn every_text_of_every_command_is_refused_by_its_name_when_nobody_could_read_it() {
    let seen = Rc::new(RefCell::new(Seen::new()));
    let open = &mut |rows: Register| -> Result<Box<dyn Driver>, String> {
        Ok(Box::new(Spoiler {
            rules: Rules::open(rows)?,
            seen: Rc::clone(&seen),
            tried: 0,
            keys: BTreeSet::new(),
            times: BTreeMap::new(),
        }))
    };
    let report = play_all(&fixtures().join("stories"), false, &town, open).unwrap();
    let differences: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "what was refused has changed something: {}", differences.join("\n"));
    let told: Vec<String> = seen
        .borrow()
        .iter()
        .map(|(command, fields)| format!("{command}: {}", Vec::from_iter(fields.iter().cloned()).join(", ")))
        .collect();
    assert_eq!(told.join("\n"), TEXTS.trim());
}
