//! Results as tables for people and as JSON for programs.

use serde_json::{Map, Value, json};

use crate::book::{BUSY, Book};

/// The result of one scenario.
pub(crate) struct Report {
    name: String,
    text: String,
    json: Map<String, Value>,
}

impl Report {
    /// An empty one.
    pub(crate) fn new(name: &str, what: &str) -> Self {
        let json = Map::from_iter([("scenario".to_owned(), json!(name)), ("what".to_owned(), json!(what))]);
        Self { name: name.to_owned(), text: format!("\n{name}: {what}\n"), json }
    }

    /// A number with its unit. The name is that of the JSON field.
    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &str) -> &mut Self {
        self.json.insert(name.to_owned(), json!(value));
        self.line(&format!("  {:<34} {:>14} {unit}", name.replace('_', " "), readable(value)))
    }

    /// Something to know about the numbers.
    pub(crate) fn note(&mut self, text: &str) -> &mut Self {
        let notes = self.json.entry("notes").or_insert_with(|| json!([]));
        if let Some(notes) = notes.as_array_mut() {
            notes.push(json!(text));
        }
        self.line(&format!("  ({text})"))
    }

    /// Latencies and failures.
    pub(crate) fn book(&mut self, book: &Book) -> &mut Self {
        self.line(&format!(
            "  {:<12} {:>9} {:>10} {:>10} {:>10} {:>10}",
            "milliseconds", "count", "p50", "p95", "p99", "max"
        ));
        let (mut steps, mut failures) = (Map::new(), Map::new());
        let mut lines = Vec::new();
        let step = |name: &'static str, of: &crate::book::Latencies| {
            let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|q| millis(of.value_at_quantile(q)));
            let max = millis(of.max());
            lines.push(format!("  {name:<12} {:>9} {p50:>10.2} {p95:>10.2} {p99:>10.2} {max:>10.2}", of.len()));
            let millis = json!({ "count": of.len(), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "max_ms": max });
            steps.insert(name.to_owned(), millis);
        };
        book.read(step, |kind, count| drop(failures.insert(kind.to_owned(), json!(count))));
        for line in lines {
            self.line(&line);
        }
        let (failed, busy) = book.failures();
        let kinds: Vec<String> =
            failures.iter().filter(|(kind, _)| *kind != BUSY).map(|(kind, count)| format!("{kind} {count}")).collect();
        self.line(&format!("  failures {failed} {}", kinds.join(", ")));
        self.line(&format!("  early \"busy\" {busy}"));
        self.json.insert("latencies".to_owned(), Value::Object(steps));
        self.json.insert("failures".to_owned(), Value::Object(failures));
        self.json.insert("busy".to_owned(), json!(busy));
        self.json.insert("failed".to_owned(), json!(failed));
        self
    }

    fn line(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
        self
    }

    /// A number that was noted before.
    pub(crate) fn get(&self, name: &str) -> Option<f64> {
        self.json.get(name)?.as_f64()
    }

    /// Which scenario it is of.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The table.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        Value::Object(self.json.clone())
    }
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// Few digits for large numbers, more for small ones.
fn readable(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}
