//! What a document may cost before anybody looks at what it means.
//!
//! The schema's own bounds come too late for some documents: the parser and the validation walk
//! recursively, and fragments multiply. So the text is looked at before it is parsed, and the
//! document before it is validated, each in one pass.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name,
    parser::types::{
        BaseType, ExecutableDocument, FragmentDefinition, OperationType, Selection, SelectionSet, Type,
        VariableDefinition,
    },
};

/// How deep brackets of any kind may nest in the text: enough for any honest query and the
/// introspection of GraphiQL (fifteen), far from what a stack holds.
const MAX_NESTING: usize = 60;

/// How many fields and spreads a document may have as written.
const MAX_SELECTIONS: usize = 2_000;

/// How many fragments may stand in each other.
const MAX_FRAGMENTS_DEEP: usize = 20;

/// How deep introspection may nest: GraphiQL asks for fifteen.
const MAX_INTROSPECTION_DEPTH: usize = 20;

/// Looks at the text: an error when brackets nest too deep for a recursive parser.
pub(crate) fn check_text(query: &str) -> Result<(), String> {
    let (mut depth, mut rest) = (0_usize, query);
    while let Some(place) = rest.find(['{', '[', '(', '}', ']', ')', '"', '#']) {
        let (_, found) = rest.split_at(place);
        let mut skip = 1;
        match found.as_bytes().first() {
            Some(b'{' | b'[' | b'(') => depth += 1,
            Some(b'"') => skip = text_length(found),
            Some(b'#') => skip = found.find(['\n', '\r']).unwrap_or(found.len()),
            _ => depth = depth.saturating_sub(1),
        }
        if depth > MAX_NESTING {
            return Err(format!("the query nests deeper than {MAX_NESTING} brackets; ask for less at once"));
        }
        rest = found.get(skip..).unwrap_or_default();
    }
    Ok(())
}

/// The length of the string that a text begins with, quotes included.
fn text_length(text: &str) -> usize {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut from = 0;
        while let Some(end) = block.get(from..).and_then(|b| b.find("\"\"\"")).map(|end| from + end) {
            if !block.get(..end).is_some_and(|b| b.ends_with('\\')) {
                return end + 6;
            }
            from = end + 3;
        }
        return text.len();
    }
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return place + 1,
            // A string that is not closed on its line is for the parser to complain of.
            '\n' | '\r' => return place,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// Looks at the document: an error when it is too deep, too long, or its fragments turn in a circle
/// or multiply beyond `max_fields`.
pub(crate) fn check_document(document: &ExecutableDocument, max_depth: usize, max_fields: usize) -> Result<(), String> {
    let sets = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let sets = sets.chain(document.fragments.values().map(|fragment| &fragment.node.selection_set.node));
    if sets.map(written).fold(0, usize::saturating_add) > MAX_SELECTIONS {
        return Err(format!("the query has more than {MAX_SELECTIONS} fields; ask for less at once"));
    }
    let mut guard = Guard { document, known: HashMap::new(), open: 0 };
    for (_, operation) in document.operations.iter() {
        let size = guard.set(&operation.node.selection_set.node)?;
        if size.depth > max_depth {
            return Err(format!("the query is {} fields deep; keep it to {max_depth}", size.depth));
        }
        if size.introspection > MAX_INTROSPECTION_DEPTH {
            return Err(format!("the introspection is deeper than {MAX_INTROSPECTION_DEPTH} fields; ask for less"));
        }
        if size.fields > max_fields {
            return Err(format!(
                "the query has more than {max_fields} fields with its fragments; ask for less at once"
            ));
        }
    }
    Ok(())
}

/// Looks at the subscriptions: an error when one has not exactly one root field, which
/// <https://spec.graphql.org/draft/#sec-Single-root-field> wants and the schema's library does not ask. Without `@skip` and
/// `@include`, for whether there is a field must not hang on a variable. The same field twice is refused as well:
/// the library would tell everything twice. To be asked of a document that [`check_document`] has passed.
pub(crate) fn check_subscriptions(document: &ExecutableDocument) -> Result<(), String> {
    for (_, operation) in document.operations.iter().filter(|(_, o)| o.node.ty == OperationType::Subscription) {
        let mut roots = Vec::new();
        root_fields(document, &operation.node.selection_set.node, &mut roots)?;
        match roots.as_slice() {
            [one] if one.starts_with("__") => {
                return Err(format!(
                    "a subscription is to something that happens, and `{one}` is not; name another field"
                ));
            }
            // None at all: its fragment is not there, which is for the validation to name.
            [] | [_] => {}
            more => {
                let most = more.len();
                return Err(format!(
                    "a subscription has one field at its root, and this one has {most}; send one for each"
                ));
            }
        }
    }
    Ok(())
}

/// The fields that an operation begins with, those in fragments as well.
fn root_fields<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    roots: &mut Vec<&'a str>,
) -> Result<(), String> {
    for selection in &set.items {
        let directives = match &selection.node {
            Selection::Field(field) => &field.node.directives,
            Selection::FragmentSpread(spread) => &spread.node.directives,
            Selection::InlineFragment(fragment) => &fragment.node.directives,
        };
        if let Some(directive) = directives.iter().find(|d| matches!(d.node.name.node.as_str(), "skip" | "include")) {
            let name = &directive.node.name.node;
            return Err(format!("`@{name}` may not stand at the root of a subscription; take it out"));
        }
        match &selection.node {
            Selection::Field(field) => roots.push(field.node.name.node.as_str()),
            Selection::InlineFragment(fragment) => root_fields(document, &fragment.node.selection_set.node, roots)?,
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    root_fields(document, &fragment.node.selection_set.node, roots)?;
                }
            }
        }
    }
    Ok(())
}

/// Looks at the types of variables: an error when one is not known. The validation takes the inner
/// types of lists to be there and breaks off otherwise.
pub(crate) fn check_types(document: &ExecutableDocument, known: &HashSet<Name>) -> Result<(), String> {
    for variable in document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions) {
        let VariableDefinition { name, var_type, .. } = &variable.node;
        let inner = innermost(&var_type.node);
        if !known.contains(inner) {
            return Err(format!(
                "variable `${name}` is of type `{inner}`, which the schema does not have; look it up there"
            ));
        }
    }
    Ok(())
}

fn innermost(of: &Type) -> &Name {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => innermost(inner),
    }
}

/// Fields and spreads as written.
fn written(set: &SelectionSet) -> usize {
    let inner = |selection: &Selection| match selection {
        Selection::Field(field) => written(&field.node.selection_set.node),
        Selection::InlineFragment(fragment) => written(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    };
    set.items.iter().map(|s| inner(&s.node).saturating_add(1)).fold(0, usize::saturating_add)
}

/// How large a selection is with its fragments put in.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    depth: usize,
    introspection: usize,
    fields: usize,
}

impl Size {
    fn and(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            introspection: self.introspection.max(other.introspection),
            fields: self.fields.saturating_add(other.fields),
        }
    }
}

/// Each fragment is looked at once. While it is, it stands in `known` without a size.
struct Guard<'a> {
    document: &'a ExecutableDocument,
    known: HashMap<&'a Name, Option<Size>>,
    open: usize,
}

impl<'a> Guard<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Size, String> {
        let mut size = Size::default();
        for selection in &set.items {
            size = size.and(match &selection.node {
                Selection::Field(field) => {
                    let inner = self.set(&field.node.selection_set.node)?;
                    let fields = inner.fields.saturating_add(1);
                    let deeper = inner.depth.max(inner.introspection) + 1;
                    if field.node.name.node.starts_with("__") {
                        Size { depth: 1, introspection: deeper, fields }
                    } else {
                        Size { depth: inner.depth + 1, introspection: 0, fields }
                    }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node)?,
            });
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &'a Name) -> Result<Size, String> {
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(format!("fragment `{name}` contains itself; take the circle out")),
            None => {}
        }
        // A fragment that is not there is for the validation to name.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Size::default()) };
        let fragment: &FragmentDefinition = &fragment.node;
        if self.open >= MAX_FRAGMENTS_DEEP {
            return Err(format!(
                "fragments stand in each other more than {MAX_FRAGMENTS_DEEP} deep; put some together"
            ));
        }
        self.known.insert(name, None);
        self.open += 1;
        let size = self.set(&fragment.selection_set.node)?;
        self.open -= 1;
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check(query: &str, expected: &str) {
        let found = check_text(query).and_then(|()| {
            let document = parse_query(query).map_err(|e| e.to_string())?;
            check_document(&document, 4, 100)
        });
        assert_eq!(found.err().unwrap_or_default(), expected, "{query}");
    }

    #[test]
    fn an_honest_query_passes() {
        check("{ a(b: \"{{{{ [[ \\\" \") { c { d { e } } } } # {{{", "");
        check("{ a(b: \"\"\"{{{{ \\\"\"\" [[\"\"\") }", "");
        check("{ __schema { a { b { c { d { e { f } } } } } } }", "");
    }

    #[test]
    fn brackets_that_nest_too_deep_do_not_reach_the_parser() {
        let deep = "[".repeat(100_000);
        check(&deep, "the query nests deeper than 60 brackets; ask for less at once");
    }

    #[test]
    fn depth_counts_through_fragments() {
        check("{ a { ...F } } fragment F on A { b { c { d } } }", "");
        check("{ a { ...F } } fragment F on A { b { c { d { e } } } }", "the query is 5 fields deep; keep it to 4");
    }

    #[test]
    fn fragments_that_turn_in_a_circle_are_refused() {
        check(
            "{ ...F } fragment F on A { a { ...G } } fragment G on A { a { ...F } }",
            "fragment `F` contains itself; take the circle out",
        );
    }

    #[test]
    fn fragments_that_multiply_are_refused_at_once() {
        let mut query = "{ ...F0 }".to_owned();
        for n in 0..15 {
            query += &format!(" fragment F{n} on A {{ ...F{} ...F{} }}", n + 1, n + 1);
        }
        query += " fragment F15 on A { a b }";
        check(&query, "the query has more than 100 fields with its fragments; ask for less at once");
    }

    #[test]
    fn fragments_do_not_stand_in_each_other_without_end() {
        let mut query = "{ ...F0 }".to_owned();
        for n in 0..900 {
            query += &format!(" fragment F{n} on A {{ ...F{} }}", n + 1);
        }
        query += " fragment F900 on A { a }";
        check(&query, "fragments stand in each other more than 20 deep; put some together");
    }

    #[test]
    fn a_subscription_has_one_root_field() {
        let check = |query: &str| {
            let document = parse_query(query).unwrap();
            check_document(&document, 9, 100).and_then(|()| check_subscriptions(&document)).err().unwrap_or_default()
        };
        for fine in [
            "subscription { a { b c } }",
            "subscription { x: a { b @skip(if: true) } }",
            "subscription { ...F } fragment F on Subscription { ... on Subscription { a { b } } }",
            "subscription { ...Missing }",
            "{ a b }",
            "query A { a b } subscription B { c }",
        ] {
            assert_eq!(check(fine), "", "{fine}");
        }
        let two = "a subscription has one field at its root, and this one has 2; send one for each";
        for query in [
            "subscription { a b }",
            "subscription { x: a y: a }",
            "subscription { a a }",
            "subscription { a __typename }",
            "subscription { a ... { b } }",
            "subscription { a ... on Subscription { b } }",
            "subscription { ...F ...G } fragment F on Subscription { a } fragment G on Subscription { b }",
            "subscription { ...F } fragment F on Subscription { a ...G } fragment G on Subscription { b }",
            "query A { a b } subscription B { c d }",
        ] {
            assert_eq!(check(query), two, "{query}");
        }
        let skip = "`@skip` may not stand at the root of a subscription; take it out";
        let include = "`@include` may not stand at the root of a subscription; take it out";
        assert_eq!(check("subscription { a b @skip(if: true) }"), skip);
        assert_eq!(check("subscription ($x: Boolean!) { a ... @include(if: $x) { b } }"), include);
        assert_eq!(check("subscription { ...F @include(if: true) } fragment F on Subscription { a }"), include);
        let nothing = "a subscription is to something that happens, and `__typename` is not; name another field";
        assert_eq!(check("subscription { __typename }"), nothing);
    }

    #[test]
    fn the_type_of_a_variable_has_to_be_known() {
        let known = HashSet::from([Name::new("Int")]);
        let check = |query: &str| check_types(&parse_query(query).unwrap(), &known).err().unwrap_or_default();
        assert_eq!(check("query($a: [[Int!]] = 7) { b }"), "");
        let message = "variable `$a` is of type `Nothing`, which the schema does not have; look it up there";
        assert_eq!(check("query($a: [[Nothing!]] = 7) { b }"), message);
    }

    #[test]
    fn a_long_document_is_refused() {
        let query = format!("{{ {} }}", "a ".repeat(2_001));
        check(&query, "the query has more than 2000 fields; ask for less at once");
    }
}
