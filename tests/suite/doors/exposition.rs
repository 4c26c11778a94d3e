//! A strict reader of pages of numbers: the classic text format 0.0.4 and OpenMetrics 1.0, as
//! <https://prometheus.io/docs/instrumenting/exposition_formats/> and
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/> have them, without time stamps and exemplars, which this server
//! does not send. Where a format only advises something, this reader insists.

use std::collections::{BTreeMap, BTreeSet};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Classic,
    OpenMetrics,
}

type Labels = BTreeMap<String, String>;

/// Name, labels and value.
type Sample = (String, Labels, f64);

/// What is counted under one name.
#[derive(Debug, Default)]
pub(super) struct Family {
    pub(super) kind: String,
    help: Option<String>,
    unit: Option<String>,
    /// In their order.
    pub(super) samples: Vec<Sample>,
}

/// All families by name, or what is wrong and where.
pub(super) fn read(text: &str, format: Format) -> Result<BTreeMap<String, Family>, String> {
    let body = text.strip_suffix('\n').ok_or("the last line does not end")?;
    let lines: Vec<&str> = body.split('\n').collect();
    let lines = match (format, lines.split_last()) {
        (Format::OpenMetrics, Some((&"# EOF", lines))) => lines,
        (Format::OpenMetrics, _) => return Err("it does not end with `# EOF`".to_owned()),
        (Format::Classic, _) => &lines,
    };
    let (mut families, mut current) = (BTreeMap::<String, Family>::new(), String::new());
    for line in lines {
        let wrong = |what: &str| format!("{what}: {line}");
        let name =
            line_name(line, format, families.get(&current).map(|family| (&*current, family))).map_err(|e| wrong(&e))?;
        if name != current {
            if families.contains_key(&name) {
                return Err(wrong("the family is not in one piece"));
            }
            current = name;
        }
        let family = families.entry(current.clone()).or_default();
        match line.strip_prefix("# ") {
            Some(comment) => describe(family, comment).map_err(|e| wrong(&e))?,
            None => family.samples.push(sample(line).map_err(|e| wrong(&e))?),
        }
    }
    let mut names = BTreeSet::new();
    for (name, family) in &families {
        check(name, family, format).map_err(|e| format!("{name}: {e}"))?;
        let own: BTreeSet<&str> = family.samples.iter().map(|(name, ..)| &**name).chain([&**name]).collect();
        for name in own {
            if !names.insert(name.to_owned()) {
                return Err(format!("`{name}` belongs to two families"));
            }
        }
    }
    Ok(families)
}

/// The family that a line belongs to.
fn line_name(line: &str, format: Format, current: Option<(&str, &Family)>) -> Result<String, String> {
    if let Some(comment) = line.strip_prefix("# ") {
        let mut words = comment.splitn(3, ' ');
        return match (words.next(), words.next(), words.next()) {
            (Some("HELP" | "TYPE"), Some(name), Some(_)) => Ok(name.to_owned()),
            (Some("UNIT"), Some(name), Some(_)) if format == Format::OpenMetrics => Ok(name.to_owned()),
            _ => Err("no such comment".to_owned()),
        };
    }
    let (family, of) = current.ok_or("a sample before all families")?;
    let name = line.split(['{', ' ']).next().unwrap_or_default();
    let suffix = name.strip_prefix(family).ok_or("a sample without a type")?;
    let fits = match (&*of.kind, format) {
        ("counter", Format::OpenMetrics) => suffix == "_total",
        ("counter" | "gauge", _) => suffix.is_empty(),
        ("histogram", _) => ["_bucket", "_sum", "_count"].contains(&suffix),
        _ => false,
    };
    if fits { Ok(family.to_owned()) } else { Err("no sample of its family".to_owned()) }
}

fn describe(family: &mut Family, comment: &str) -> Result<(), String> {
    if !family.samples.is_empty() {
        return Err("described after its samples".to_owned());
    }
    let mut words = comment.splitn(3, ' ').skip(1);
    let (name, text) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned());
    check_name(name)?;
    let before = match comment.split(' ').next() {
        Some("TYPE") => {
            let known = ["counter", "gauge", "histogram"].contains(&&*text);
            (!std::mem::replace(&mut family.kind, text).is_empty() || !known).then_some(())
        }
        Some("UNIT") => {
            let fits = name.strip_suffix(&*text).is_some_and(|name| name.ends_with('_'));
            (family.unit.replace(text).is_some() || !fits).then_some(())
        }
        _ => {
            unescaped(&text, "\\n")?;
            family.help.replace(text).map(|_| ())
        }
    };
    before.map_or(Ok(()), |()| Err("twice, or no such value".to_owned()))
}

fn check_name(name: &str) -> Result<(), String> {
    let fine = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if fine { Ok(()) } else { Err(format!("`{name}` is no name")) }
}

/// A text with its escapes, of which only these are known.
fn unescaped(text: &str, known: &str) -> Result<String, String> {
    let (mut out, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next().filter(|c| known.contains(*c)) {
                Some('n') => out.push('\n'),
                Some(c) => out.push(c),
                None => return Err("an escape that is none".to_owned()),
            },
            _ => out.push(c),
        }
    }
    Ok(out)
}

fn sample(line: &str) -> Result<Sample, String> {
    let (name, rest) = line.split_at(line.find(['{', ' ']).ok_or("no value")?);
    check_name(name)?;
    let (labels, rest) = match rest.strip_prefix('{') {
        None => (Labels::new(), rest),
        Some(rest) => labels(rest)?,
    };
    let text = rest.strip_prefix(' ').ok_or("no value")?;
    Ok((name.to_owned(), labels, number(text)?))
}

/// Labels up to the closing brace, and what follows it.
fn labels(text: &str) -> Result<(Labels, &str), String> {
    let (mut labels, mut text) = (Labels::new(), text);
    loop {
        let (name, rest) = text.split_once("=\"").ok_or("a label without a value")?;
        check_name(name)?;
        let mut escaped = false;
        let end = rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (value, rest) = rest.split_at(end.ok_or("a value without an end")?);
        if labels.insert(name.to_owned(), unescaped(value, "\\n\"")?).is_some() {
            return Err(format!("the label `{name}` twice"));
        }
        match rest.strip_prefix("\",") {
            Some(more) => text = more,
            None => return Ok((labels, rest.strip_prefix("\"}").ok_or("labels without an end")?)),
        }
    }
}

fn number(text: &str) -> Result<f64, String> {
    match text {
        "+Inf" => Ok(f64::INFINITY),
        _ if text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) => {
            text.parse().map_err(|_| text.to_owned())
        }
        _ => Err(format!("`{text}` is no number")),
    }
}

/// What holds of a family as a whole.
fn check(name: &str, family: &Family, format: Format) -> Result<(), String> {
    if family.kind.is_empty() || family.help.is_none() {
        return Err("no type or no help".to_owned());
    }
    if family.kind == "counter" && name.ends_with("_total") != (format == Format::Classic) {
        return Err("the name of a counter ends with `_total` in the one format and not in the other".to_owned());
    }
    let mut seen = BTreeSet::new();
    for (name, labels, value) in &family.samples {
        if !seen.insert((name, labels)) {
            return Err(format!("{name} {labels:?} twice"));
        }
        if family.kind != "gauge" && (*value < 0.0 || !value.is_finite()) {
            return Err(format!("{value} is no count"));
        }
        if labels.contains_key("le") != name.ends_with("_bucket") {
            return Err(format!("`le` is of buckets: {name} {labels:?}"));
        }
    }
    if family.kind == "histogram" { check_histograms(name, family) } else { Ok(()) }
}

fn check_histograms(name: &str, family: &Family) -> Result<(), String> {
    let of = |labels: &Labels| labels.iter().filter(|(n, _)| *n != "le").map(|(n, v)| (n.clone(), v.clone())).collect();
    let mut series: Vec<(Labels, Vec<&Sample>)> = Vec::new();
    for sample in &family.samples {
        let labels: Labels = of(&sample.1);
        match series.iter().position(|(known, _)| *known == labels) {
            Some(known) if known + 1 == series.len() => series[known].1.push(sample),
            Some(_) => return Err("a series in two pieces".to_owned()),
            None => series.push((labels, vec![sample])),
        }
    }
    for (labels, samples) in series {
        let one =
            |suffix: &str| samples.iter().find(|(n, ..)| *n == format!("{name}{suffix}")).map(|(.., value)| *value);
        let (mut bound, mut below) = (f64::NEG_INFINITY, 0.0);
        for (_, labels, count) in samples.iter().filter(|(n, ..)| n.ends_with("_bucket")) {
            let next = number(&labels["le"])?;
            if next <= bound || *count < below {
                return Err(format!("buckets do not rise: {labels:?}"));
            }
            (bound, below) = (next, *count);
        }
        if bound != f64::INFINITY || one("_count") != Some(below) || one("_sum").is_none() {
            return Err(format!("a histogram is not whole: {labels:?}"));
        }
    }
    Ok(())
}

#[test]
fn the_reader_takes_what_is_right_and_nothing_else() {
    let fine =
        "# HELP a_total A\n# TYPE a_total counter\na_total{b=\"x\\\"y\\\\,}\\n\",c=\"\"} 1\na_total{b=\"z\"} 2.5e1\n";
    let families = read(fine, Format::Classic).unwrap();
    assert_eq!(families["a_total"].samples[0].1["b"], "x\"y\\,}\n");
    let whole = "# HELP h H\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n";
    assert!(read(whole, Format::Classic).is_ok());
    assert!(read(&format!("{whole}# EOF\n"), Format::OpenMetrics).is_ok());
    let om = "# HELP a A\n# TYPE a counter\n# UNIT a x\na_total 1\n# EOF\n";
    assert!(read(&om.replace("# UNIT a x\n", ""), Format::OpenMetrics).is_ok());
    for (text, format) in [(fine, Format::OpenMetrics), (om, Format::OpenMetrics), (om, Format::Classic)] {
        assert!(read(text, format).is_err(), "{text}");
    }
    let twisted: [(&str, &[(&str, &str)]); 2] = [
        (
            fine,
            &[
                ("# HELP a_total A\n", ""),
                ("# TYPE a_total counter\n", ""),
                ("# TYPE a_total counter\n", "# TYPE a_total counter\n# TYPE a_total counter\n"),
                ("# TYPE a_total counter\n", "# TYPE a_total gouge\n"),
                ("# TYPE a_total counter\n", "# TYPE a_total counter\n# EOF\n"),
                ("a_total", "a"),
                ("2.5e1\n", "2.5e1"),
                ("2.5e1\n", "2.5e1\n\n"),
                ("2.5e1", "nan"),
                ("2.5e1", "-1"),
                ("2.5e1", "1 7"),
                (" 2.5e1", "  1"),
                ("{b=\"z\"}", "{b=\"z\",}"),
                ("{b=\"z\"}", "{b=\"z\",b=\"z\"}"),
                ("{b=\"z\"}", "{b=z}"),
                ("{b=\"z\"}", "{b=\"z\\x\"}"),
                ("{b=\"z\"}", "{b=\"z\""),
                ("{b=\"z\"}", "{b=\"x\\\"y\\\\,}\\n\",c=\"\"}"),
                ("{b=\"z\"}", "{le=\"1\"}"),
                ("a_total{b=\"z\"}", "c_total{b=\"z\"}"),
                ("a_total{b=\"z\"}", "# HELP c C\n# TYPE c gauge\nc 1\na_total{b=\"z\"}"),
                ("a_total{b=\"z\"}", "# TYPE a_total counter\na_total{b=\"z\"}"),
            ],
        ),
        (
            whole,
            &[
                ("h_bucket{le=\"+Inf\"} 2\n", ""),
                ("h_count 2", "h_count 3"),
                ("h_count 2\n", ""),
                ("h_sum 3\n", ""),
                ("{le=\"1\"} 1", "{le=\"1\"} 3"),
                ("{le=\"1\"}", "{le=\"one\"}"),
                ("h_count 2\n", "h_count 2\n# HELP h_count C\n# TYPE h_count gauge\nh_count 1\n"),
            ],
        ),
    ];
    for (text, changes) in twisted {
        for (from, to) in changes {
            let changed = text.replacen(from, to, if *from == "a_total" { 9 } else { 1 });
            assert_ne!(changed, text, "{from}");
            assert!(read(&changed, Format::Classic).is_err(), "{changed}");
        }
    }
}
