//! What of a source is code, and what is its tests. A source is cut into tokens for it: what stands in a text or
//! in a comment opens and closes nothing, and the end of an item is where its braces close.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every source below a folder as it is written, by its path from the root.
pub(crate) fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_path_buf(), text));
            }
        }
    }
    found.sort();
    found
}

/// Every source below a folder with its tests blanked out, lines staying where they are; files that are tests
/// altogether are left out.
pub(crate) fn code(folder: &str) -> Vec<(PathBuf, String)> {
    let read: Vec<(PathBuf, Vec<String>, String)> = sources(folder)
        .into_iter()
        .map(|(path, text)| {
            let (modules, code) = without_tests(&text);
            (path, modules, code)
        })
        .collect();
    let elsewhere: Vec<PathBuf> = read.iter().flat_map(|(path, modules, _)| files(path, modules)).collect();
    let is_test = |path: &Path| elsewhere.iter().any(|test| path.with_extension("").starts_with(test));
    read.into_iter().filter(|(path, ..)| !is_test(path)).map(|(path, _, code)| (path, code)).collect()
}

/// A source without its tests, and the modules of tests that stand in files of their own.
pub(crate) fn without_tests(text: &str) -> (Vec<String>, String) {
    let tokens = tokens(text);
    let (mut modules, mut code, mut from) = (Vec::new(), text.as_bytes().to_vec(), 0);
    while let Some(at) = tokens.get(from..).and_then(|rest| rest.iter().position(|token| token.is("#"))) {
        let at = from + at;
        let end = closing(&tokens, at + 1);
        from = at + 1;
        if !is_of_tests(&tokens[at + 1..=end.min(tokens.len() - 1)]) {
            continue;
        }
        let (last, module) = item(&tokens, end + 1);
        modules.extend(module);
        let whole = tokens[at].range.start..tokens[last].range.end;
        code[whole].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        from = last + 1;
    }
    (modules, String::from_utf8(code).unwrap())
}

/// The files of modules that a source names, without their ending.
fn files(path: &Path, modules: &[String]) -> Vec<PathBuf> {
    let folder = path.parent().unwrap();
    let own = matches!(path.file_name().unwrap().to_str(), Some("mod.rs" | "lib.rs" | "main.rs"));
    let folder = if own { folder.to_path_buf() } else { folder.join(path.file_stem().unwrap()) };
    modules.iter().map(|module| folder.join(module)).collect()
}

/// Whether an attribute says `cfg(test)`, alone or among others, or `test`.
fn is_of_tests(attribute: &[Token<'_>]) -> bool {
    let says = |word: &str| attribute.iter().any(|token| token.is(word));
    let named = |word: &str| attribute.get(1).is_some_and(|token| token.is(word));
    attribute.len() == 3 && named("test") || named("cfg") && says("test") && !says("not")
}

/// The last token of the item that begins there, behind more attributes perhaps; and its name when it is a
/// module in a file of its own.
fn item(tokens: &[Token<'_>], from: usize) -> (usize, Option<String>) {
    let mut at = from;
    while tokens[at].is("#") {
        at = closing(tokens, at + 1) + 1;
    }
    let begins = at;
    loop {
        match tokens[at].text {
            ";" => {
                let words: Vec<&str> = tokens[begins..at].iter().map(|token| token.text).collect();
                let module = words.iter().position(|word| *word == "mod").and_then(|place| words.get(place + 1));
                return (at, module.map(|name| (*name).to_owned()));
            }
            "{" => return (closing(tokens, at), None),
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
}

/// Where what opens there closes.
fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    panic!("`{}` never closes", tokens[open].text)
}

/// A word, a literal, or one sign.
#[derive(Clone, Debug)]
struct Token<'t> {
    text: &'t str,
    range: Range<usize>,
}

impl Token<'_> {
    fn is(&self, text: &str) -> bool {
        self.text == text
    }
}

/// The tokens of a source, without spaces and comments.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(sign) = text[at..].chars().next() {
        let length = length(&text[at..]);
        let is_comment = text[at..].starts_with("//") || text[at..].starts_with("/*");
        if !sign.is_whitespace() && !is_comment {
            let range = at..at + length;
            tokens.push(Token { text: &text[range.clone()], range });
        }
        at += length;
    }
    tokens
}

/// How many bytes the token has that the text begins with.
fn length(text: &str) -> usize {
    let sign = text.chars().next().unwrap();
    let until = |end: &str| text.find(end).map_or(text.len(), |place| place + end.len());
    let words = |from: usize| {
        let ends = |c: char| !c.is_alphanumeric() && c != '_';
        from + text[from..].find(ends).unwrap_or(text.len() - from)
    };
    let raw = text.trim_start_matches(['b', 'c']).strip_prefix('r').filter(|rest| rest.starts_with(['"', '#']));
    match sign {
        '/' if text.starts_with("//") => text.find('\n').unwrap_or(text.len()),
        '/' if text.starts_with("/*") => until("*/"),
        '"' => quoted(text, 0),
        'b' | 'c' if text[1..].starts_with('"') => quoted(text, 1),
        'b' | 'c' | 'r' if raw.is_some_and(|rest| rest.trim_start_matches('#').starts_with('"')) => {
            let hashes: String = raw.unwrap().chars().take_while(|c| *c == '#').collect();
            let open = text.find('"').unwrap() + 1;
            open + text[open..].find(&format!("\"{hashes}")).unwrap() + 1 + hashes.len()
        }
        '\'' => character(text).unwrap_or(1),
        _ if sign.is_alphanumeric() || sign == '_' => words(0),
        _ => sign.len_utf8(),
    }
}

/// The length of a text in quotation marks, the first of which stands at `open`.
fn quoted(text: &str, open: usize) -> usize {
    let mut escaped = false;
    let close = text[open + 1..].char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    open + 2 + close.unwrap().0
}

/// The length of a character in apostrophes; none when it is a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut signs = text.char_indices().skip(1);
    let (_, first) = signs.next()?;
    if first == '\\' {
        signs.next()?;
        return signs.find(|(_, c)| *c == '\'').map(|(place, _)| place + 1);
    }
    signs.next().filter(|(_, c)| *c == '\'').map(|(place, _)| place + 1)
}

const OF_TRACING: [&str; 13] = [
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "event",
    "span",
    "trace_span",
    "debug_span",
    "info_span",
    "warn_span",
    "error_span",
    "instrument",
];

/// What is logged with Rust's own way of showing values, by the line of the macro: `?value`, `field = ?value`,
/// `{:?}`.
pub(crate) fn shown_as_rust(text: &str) -> Vec<usize> {
    let tokens = tokens(text);
    let of_tracing = |at: &usize| {
        let called = tokens.get(at + 1).is_some_and(|token| token.is("!"));
        OF_TRACING.contains(&tokens[*at].text) && (called || tokens[*at].is("instrument"))
    };
    let mut lines: Vec<usize> = Vec::new();
    for at in (0..tokens.len()).filter(of_tracing) {
        let Some(open) = (at + 1..at + 3).find(|open| tokens.get(*open).is_some_and(|token| token.is("("))) else {
            continue;
        };
        let inner = &tokens[open..closing(&tokens, open)];
        let field = |pair: &[Token<'_>]| matches!(pair[0].text, "(" | "," | "=") && pair[1].is("?");
        let text_shows = |token: &Token<'_>| token.text.starts_with('"') && token.text.contains(":?");
        if inner.windows(2).any(field) || inner.iter().any(text_shows) {
            lines.push(text[..tokens[at].range.start].lines().count().max(1));
        }
    }
    lines
}
