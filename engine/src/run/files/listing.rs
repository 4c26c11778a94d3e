//! Problems as a list that a person can read, however many they are.

use std::collections::HashMap;

use super::problem::FileProblem;

/// How many lines the list has at most.
const MOST_LINES: usize = 60;

/// How many problems of one kind are shown at most.
const MOST_EXAMPLES: usize = 5;

/// Problems of one kind: the same column of the same file, the same mend, and the same words but for
/// what they quote.
struct Kind<'a> {
    problems: Vec<&'a FileProblem>,
}

impl Kind<'_> {
    /// How many lines it takes with so many examples.
    fn lines(&self, examples: usize) -> usize {
        match self.problems.len() {
            1 => 1,
            n if n <= examples => n + 1,
            _ => examples + 2,
        }
    }
}

/// The problems by file and kind, a few of each kind and how many more there are, with the total at
/// the end: at most 60 lines.
#[must_use]
pub fn listing(problems: &[FileProblem]) -> String {
    let files = by_file(problems);
    let kinds: usize = files.iter().map(|(_, kinds)| kinds.len()).sum();
    let room = MOST_LINES.saturating_sub(files.len() + 2);
    let fits = |examples: &usize| files.iter().flat_map(|(_, k)| k).map(|k| k.lines(*examples)).sum::<usize>() <= room;
    let examples = (1..=MOST_EXAMPLES).rev().find(fits).unwrap_or(1);
    let mut room = room;
    let mut text = String::new();
    let (mut shown, mut hidden) = (0, 0);
    for (file, kinds) in &files {
        text += &format!("{file}\n");
        for kind in kinds {
            if kind.lines(examples) > room {
                hidden += kind.problems.len();
                continue;
            }
            room -= kind.lines(examples);
            shown += 1;
            text += &one_kind(kind, examples);
        }
    }
    if hidden > 0 {
        text += &format!("and {} more kinds of problems, {hidden} in all\n", kinds - shown);
    }
    let files = if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) };
    let problems = if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", problems.len()) };
    text + &format!("{problems} in {files}\n")
}

fn one_kind(kind: &Kind<'_>, examples: usize) -> String {
    let n = kind.problems.len();
    let Some(first) = kind.problems.first() else { return String::new() };
    if n == 1 {
        return format!("  {}{}; {}\n", place(first, true), first.what, first.mend);
    }
    let column = if first.column.is_empty() { "row".to_owned() } else { format!("column {}", first.column) };
    let mut text = format!("  {column}, {n} times: {}\n", first.mend);
    for problem in kind.problems.iter().take(examples) {
        text += &format!("    {}{}\n", place(problem, false), problem.what);
    }
    if n > examples {
        text += &format!("    and {} more like it\n", n - examples);
    }
    text
}

fn place(problem: &FileProblem, column: bool) -> String {
    match (problem.row, problem.column.as_str()) {
        (0, _) => String::new(),
        (row, name) if column && !name.is_empty() => format!("row {row} column {name}: "),
        (row, _) => format!("row {row}: "),
    }
}

/// The kinds of problems of each file; files, and kinds in a file, in the order of their first problem.
fn by_file(problems: &[FileProblem]) -> Vec<(&str, Vec<Kind<'_>>)> {
    let mut files: Vec<(&str, Vec<Kind<'_>>)> = Vec::new();
    let mut places: HashMap<(&str, &str, &str, String), usize> = HashMap::new();
    for problem in problems {
        let file = problem.file.as_str();
        let file_at = files.iter().position(|(f, _)| *f == file).unwrap_or_else(|| {
            files.push((file, Vec::new()));
            files.len() - 1
        });
        let key = (file, problem.column.as_str(), problem.mend.as_str(), without_quotations(&problem.what));
        let Some((_, kinds)) = files.get_mut(file_at) else { continue };
        let kind_at = *places.entry(key).or_insert_with(|| {
            kinds.push(Kind { problems: Vec::new() });
            kinds.len() - 1
        });
        if let Some(kind) = kinds.get_mut(kind_at) {
            kind.problems.push(problem);
        }
    }
    files
}

/// The words without what stands in backticks.
fn without_quotations(what: &str) -> String {
    what.split('`').step_by(2).collect::<Vec<_>>().join("`")
}
