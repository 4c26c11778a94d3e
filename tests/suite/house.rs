//! The house keeps its order: who may use whom, and what the rules never touch.

use std::{fs, process::Command};

use crate::code::{code, root, shown_as_rust, sources, without_tests};

/// Lines of code that hold a word: not comments, not the tests of a file.
fn lines_with(folder: &str, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (path, code) in code(folder) {
        for (no, line) in code.lines().enumerate() {
            if line.contains(word) && !line.trim_start().starts_with("//") {
                found.push(format!("{}:{}: {}", path.display(), no + 1, line.trim()));
            }
        }
    }
    found
}

fn only_in(folder: &str, word: &str, allowed: &[&str]) {
    let strays: Vec<String> =
        lines_with(folder, word).into_iter().filter(|l| !allowed.iter().any(|a| l.starts_with(a))).collect();
    assert!(strays.is_empty(), "`{word}` belongs only in {allowed:?}:\n{}", strays.join("\n"));
}

#[test]
fn what_is_looked_at_is_all_code_and_only_the_tests_are_left_out() {
    let source = "\
#[cfg(test)]
mod tests;
fn one() {}
#[cfg(test)]
fn helper() {
    hidden();
}
struct S;
impl S {
    #[cfg(test)]
    fn three() {}
    fn four() { seen() }
}
#[cfg(all(test, unix))]
mod more { fn five() {} }
#[cfg(not(test))]
fn six() {}
#[test]
fn seven() {}
fn eight() {}";
    let (_, code) = without_tests(source);
    let left: Vec<&str> = code.lines().filter(|line| line.contains("fn ")).map(str::trim).collect();
    assert_eq!(left, ["fn one() {}", "fn four() { seen() }", "fn six() {}", "fn eight() {}"]);
    assert_eq!(code.lines().position(|line| line.contains("seen()")), Some(11), "lines stay where they are");
    // In the tree: what comes after the tests of a file, and no file that is tests.
    let rules: Vec<_> = crate::code::code("engine/src/rules");
    let of = |path: &str| rules.iter().find(|(p, _)| p.ends_with(path)).map(|(_, code)| code.as_str());
    assert!(
        of("roster/mod.rs").is_some_and(|code| code.contains("use std::collections") && !code.contains("cfg(test)"))
    );
    assert_eq!(
        (of("notice/tests.rs"), of("notice/tests/register.rs"), of("roster/tests/weeks.rs")),
        (None, None, None)
    );
}

#[test]
fn no_line_of_a_log_shows_values_as_rust_does() {
    let source = "fn f() {
        info!(code = %code, \"said\");
        tracing::warn!(?actor, \"said\");
        error!(name: \"n\", actor = ?order.actor, \"said\");
        debug!(done = look()?, \"said\");
        info!(\"said {actor:?}\");
    }
    #[tracing::instrument(fields(actor = ?order.actor))]
    fn g() { format!(\"{actor:?}\"); }";
    assert_eq!(shown_as_rust(source), [3, 4, 6, 8]);
    let mut strays = Vec::new();
    for folder in ["engine/src", "graphql-api/src", "schema/src"] {
        for (path, code) in code(folder) {
            strays.extend(shown_as_rust(&code).into_iter().map(|line| format!("{}:{line}", path.display())));
        }
    }
    assert!(
        strays.is_empty(),
        "a line of a log is plain words and plain codes: give a Display and use `%`: {strays:?}"
    );
}

#[test]
fn rules_read_no_clock_no_store_and_no_environment() {
    for word in [
        "crate::run",
        "sea_orm",
        "tokio",
        "std::fs",
        "std::env",
        "std::net",
        "SystemTime",
        "::now(",
        "async ",
        "getrandom",
        "tracing",
    ] {
        only_in("engine/src/rules", word, &[]);
    }
}

#[test]
fn the_rules_alone_have_no_store_in_their_dependency_tree() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "liandong-engine",
            "--no-default-features",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    assert!(tree.contains("petgraph"), "{tree}");
    for forbidden in ["sea-orm", "sqlx", "tokio", "axum", "async-graphql", "getrandom", "tracing"] {
        assert!(!tree.lines().any(|l| l.starts_with(forbidden)), "{forbidden} is in the tree of the rules:\n{tree}");
    }
}

#[test]
fn each_module_of_the_rules_uses_only_those_above_it_in_the_list() {
    let list = fs::read_to_string(root().join("engine/src/rules/mod.rs")).unwrap();
    let order: Vec<&str> = list.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() >= 10, "{order:?}");
    let rules = code("engine/src/rules");
    for (place, module) in order.iter().enumerate() {
        let below = order.get(place + 1..).unwrap_or_default();
        for (path, code) in &rules {
            let own = path.strip_prefix("engine/src/rules").unwrap();
            let name = own.iter().next().unwrap().to_string_lossy();
            if name.trim_end_matches(".rs") != *module {
                continue;
            }
            for lower in below {
                let uses = [format!("rules::{lower}::"), format!("rules::{lower};")];
                let direct = [format!("    {lower}::"), format!("super::{lower}::")];
                for line in code.lines().filter(|l| !l.trim_start().starts_with("//")) {
                    let nested = own.iter().count() == 1 && direct.iter().any(|d| line.starts_with(d.as_str()));
                    assert!(
                        !nested && !uses.iter().any(|u| line.contains(u.as_str())),
                        "{}: `{module}` stands above `{lower}` and must not use it: {line}",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn only_the_engine_calls_decide() {
    let allowed = ["engine/src/run/engine/", "engine/src/rules/"];
    for word in ["decide::decide(", "decide::log(", "decide::load(", "request_decide::decide(", "request_decide::log("]
    {
        only_in("engine/src", word, &allowed);
        only_in("graphql-api/src", word, &[]);
    }
}

#[test]
fn only_the_store_begins_a_transaction() {
    for word in ["begin_with", ".begin()", ".transaction(", "TransactionTrait", "SAVEPOINT"] {
        only_in("engine/src", word, &[]);
    }
    for word in ["BEGIN", "COMMIT", "ROLLBACK"] {
        let allowed = ["tx.rs", "dialect.rs", "tests.rs"].map(|name| format!("engine/src/run/store/{name}"));
        only_in("engine/src", word, &allowed.each_ref().map(String::as_str));
    }
}

/// A function that writes takes a transaction, which only `run_tx` has.
#[test]
fn nothing_writes_outside_a_named_transaction() {
    let mut writes = 0;
    for (path, text) in sources("engine/src") {
        // These are the transaction itself, and what tests alone have.
        if ["tx.rs", "limited.rs", "tests.rs"].iter().any(|name| path.ends_with(format!("run/store/{name}"))) {
            continue;
        }
        let (mut head, mut hastens) = (String::new(), false);
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if line.contains("fn ") {
                head.clear();
                // One takes durability away, for tests; the other writes the file anew and changes no row.
                hastens = ["fn hasten(", "fn compact("].iter().any(|name| line.contains(name));
            }
            if !head.contains('{') {
                head.push_str(line);
            }
            if [".exec(", ".exec_without_returning(", "execute_raw(", "execute_unprepared(", "execute("]
                .iter()
                .any(|word| line.contains(word))
                && path.starts_with("engine/src/run/store")
                && !hastens
            {
                assert!(head.contains("&Tx<'_>"), "{}: takes no transaction and writes: {line}", path.display());
                writes += 1;
            }
        }
    }
    assert!(writes > 20, "{writes} writes");
    only_in("engine/src", "self.write", &["engine/src/run/store/mod.rs"]);
    // Migrations are no commands: nobody else has the database while they run.
    let store = ["mod.rs", "open.rs", "seed.rs", "tests.rs"].map(|file| format!("engine/src/run/store/{file}"));
    let own = store.each_ref().map(String::as_str);
    only_in("engine/src", "store.write", &own);
}

#[test]
fn what_turns_durability_off_is_no_part_of_the_program() {
    only_in("engine/src", "synchronous = OFF", &["engine/src/run/store/seed.rs"]);
    let store = fs::read_to_string(root().join("engine/src/run/store/mod.rs")).unwrap();
    assert!(store.contains("#[cfg(feature = \"seed\")]\npub mod seed;"), "the seeder is in the program");
    let program = fs::read_to_string(root().join("graphql-api/Cargo.toml")).unwrap();
    assert!(!program.contains("\"seed\""), "the program asks for the seeder");
}

#[test]
fn sea_orm_appears_only_where_tables_are_known() {
    only_in("engine/src", "sea_orm", &["engine/src/run/store/"]);
    only_in("engine/src", "liandong_schema", &["engine/src/run/store/"]);
    only_in("graphql-api/src", "sea_orm::", &[]);
}

#[test]
fn graphql_api_holds_no_rule() {
    for word in ["evolve(", "hand_over(", "Recusal", "roles_for", "TRANSITIONS", "stand_in("] {
        only_in("graphql-api/src", word, &[]);
    }
}

#[test]
fn an_event_is_published_only_after_its_commit() {
    only_in("engine/src", "feed.publish(", &["engine/src/run/engine/writer.rs", "engine/src/run/engine/mod.rs"]);
    let writer = fs::read_to_string(root().join("engine/src/run/engine/writer.rs")).unwrap();
    let (commit, publish) = (writer.find(".run_tx(").unwrap(), writer.find("feed.publish(").unwrap());
    assert!(commit < publish, "the writer publishes what run_tx committed");
}

#[test]
fn every_package_is_locked_from_one_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let sources: std::collections::BTreeSet<&str> = lock.lines().filter_map(|l| l.strip_prefix("source = ")).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
}

#[test]
fn no_file_of_the_tree_is_longer_than_one_concern_needs() {
    let mut lengths: Vec<(usize, String)> = ["engine/src", "graphql-api/src", "schema/src"]
        .iter()
        .flat_map(|folder| sources(folder))
        .map(|(path, text)| (text.lines().count(), path.display().to_string()))
        .collect();
    lengths.sort();
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= 200, "the median file has {median} lines");
    let (longest, path) = lengths.last().unwrap();
    assert!(*longest <= 800, "{path} has {longest} lines");
}

#[test]
fn every_path_that_the_architecture_names_is_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut looked = 0;
    for name in text.split('`').skip(1).step_by(2).filter(|name| !name.contains(['…', ' ', ':', '('])) {
        let folder = match name.split_once('/') {
            Some(("rules" | "run", _)) => "engine/src",
            Some(("engine" | "graphql-api" | "schema" | "tests" | "fixtures", _)) => "",
            _ => continue,
        };
        let path = root().join(folder).join(name);
        // A module is named without the ending of its file too.
        assert!(path.exists() || path.with_extension("rs").exists(), "`{name}` is not there");
        looked += 1;
    }
    assert!(looked > 50, "{looked} paths");
}

#[test]
fn every_mutation_fits_the_rules_as_they_are() {
    let mut looked = 0;
    for entry in fs::read_dir(root().join("tests/mutations")).unwrap() {
        let patch = fs::read_to_string(entry.unwrap().path()).unwrap();
        let file = patch.lines().find_map(|line| line.strip_prefix("+++ b/")).unwrap();
        let hunk = patch.lines().skip_while(|line| !line.starts_with("@@")).skip(1);
        let before: Vec<&str> = hunk.filter_map(|line| line.strip_prefix([' ', '-'])).collect();
        let rules = fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(rules.contains(&before.join("\n")), "`{file}` has no such lines any more:\n{patch}");
        looked += 1;
    }
    assert!(looked >= 5, "{looked} mutations");
}
