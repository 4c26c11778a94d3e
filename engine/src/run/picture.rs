//! The responsibility map as text that draws itself: Mermaid and Graphviz.
//!
//! A unit is a box with its posts and their holders; a line joins it to the unit above, a dashed one
//! to the territory that it serves. What lies deeper than asked for is folded into counts. The same
//! world and question give the same text.

use std::{collections::HashMap, fmt::Write};

use crate::rules::{
    instant::Instant,
    post::{PostKind, Rank},
    tier::UnitKind,
    tree::{MAX_DEPTH, UnitIx},
    world::{PostIx, World},
};

/// The map below a unit as a Mermaid flowchart, `depth` levels deep.
#[must_use]
pub fn mermaid(world: &World, root: UnitIx, depth: usize, at: Instant) -> String {
    let map = Map::of(world, root, depth, at);
    let mut text = String::from("flowchart TD\n");
    for (id, shown) in map.boxes.iter().enumerate() {
        let label: Vec<String> = shown.lines.iter().map(|line| mermaid_text(line)).collect();
        line(&mut text, format_args!("  u{id}[\"{}\"]", label.join("<br/>")));
    }
    for (above, below) in &map.lines {
        line(&mut text, format_args!("  u{above} --> u{below}"));
    }
    for (unit, territory) in &map.serves {
        line(&mut text, format_args!("  u{unit} -. 服务 .-> u{territory}"));
    }
    text
}

/// The map below a unit as a Graphviz graph, `depth` levels deep.
#[must_use]
pub fn dot(world: &World, root: UnitIx, depth: usize, at: Instant) -> String {
    let map = Map::of(world, root, depth, at);
    let mut text = String::from("digraph map {\n  rankdir=LR;\n  node [shape=box];\n");
    for (id, shown) in map.boxes.iter().enumerate() {
        let label: String = shown.lines.iter().map(|line| dot_text(line) + "\\l").collect();
        line(&mut text, format_args!("  u{id} [label=\"{label}\"];"));
    }
    for (above, below) in &map.lines {
        line(&mut text, format_args!("  u{above} -> u{below};"));
    }
    for (unit, territory) in &map.serves {
        line(&mut text, format_args!("  u{unit} -> u{territory} [style=dashed, constraint=false, label=\"服务\"];"));
    }
    text.push_str("}\n");
    text
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = text.write_fmt(line);
    text.push('\n');
}

/// What is drawn, whatever it is drawn with.
struct Map {
    boxes: Vec<Box>,
    /// From the unit above to the unit below.
    lines: Vec<(usize, usize)>,
    /// From a functional unit to a territory that is not directly above it.
    serves: Vec<(usize, usize)>,
}

/// A unit.
struct Box {
    lines: Vec<String>,
}

impl Map {
    fn of(world: &World, root: UnitIx, depth: usize, at: Instant) -> Self {
        let children = world.tree().children(at);
        let mut map = Self { boxes: Vec::new(), lines: Vec::new(), serves: Vec::new() };
        let mut units: Vec<UnitIx> = Vec::new();
        let mut ids: HashMap<UnitIx, usize> = HashMap::new();
        let posts = posts_by_unit(world, at);
        // Units still to be drawn, the next one last: each before what stands below it.
        let mut waiting = vec![(root, None, depth.min(MAX_DEPTH))];
        while let Some((unit, above, depth)) = waiting.pop() {
            let below = children.get(&unit).map_or(&[][..], Vec::as_slice);
            let mut lines = unit_lines(world, unit, at, posts.get(&unit).map_or(&[][..], Vec::as_slice));
            if depth == 0 {
                lines.extend(folded(world, &children, below));
            } else {
                waiting.extend(below.iter().rev().map(|child| (*child, Some(map.boxes.len()), depth - 1)));
            }
            map.lines.extend(above.map(|above| (above, map.boxes.len())));
            ids.insert(unit, map.boxes.len());
            units.push(unit);
            map.boxes.push(Box { lines });
        }
        for (id, unit) in units.iter().enumerate() {
            let Some(territory) = world.tree().territory(*unit, at) else { continue };
            if territory != *unit
                && world.tree().parent(*unit, at).and_then(|p| world.tree().territory(p, at)) != Some(territory)
            {
                map.serves.extend(ids.get(&territory).map(|territory| (id, *territory)));
            }
        }
        map
    }
}

fn posts_by_unit(world: &World, at: Instant) -> HashMap<UnitIx, Vec<PostIx>> {
    let mut posts: HashMap<UnitIx, Vec<PostIx>> = HashMap::new();
    for post in world.posts().filter(|post| world.post_exists(*post, at)) {
        if let Some(unit) = world.post_unit(post) {
            posts.entry(unit).or_default().push(post);
        }
    }
    for posts in posts.values_mut() {
        posts.sort_by_key(|post| (std::cmp::Reverse(world.post_kind(*post).map(PostKind::seniority)), *post));
    }
    posts
}

/// The name of a unit, what it is, and a line for each post with those who hold it.
fn unit_lines(world: &World, unit: UnitIx, at: Instant, posts: &[PostIx]) -> Vec<String> {
    let tree = world.tree();
    let kind = tree.kind(unit).map_or("", UnitKind::zh);
    let mut lines = vec![tree.name(unit, at).to_owned(), format!("{kind} {}", tree.code(unit))];
    for post in posts {
        let holders: Vec<String> = world
            .holders(*post, at)
            .filter_map(|held| {
                let name = &world.person(held.person)?.name;
                Some(if held.rank == Rank::First { name.clone() } else { format!("{name} (替补)") })
            })
            .collect();
        let holders = if holders.is_empty() { "空缺".to_owned() } else { holders.join("、") };
        let name = world.post(*post).map_or("", |post| &post.name);
        let kind = world.post_kind(*post).map_or("", PostKind::zh);
        lines.push(if name == kind { format!("{name}: {holders}") } else { format!("{name} [{kind}]: {holders}") });
    }
    lines
}

/// How many units of each kind stand below, at any depth.
fn folded(world: &World, children: &HashMap<UnitIx, Vec<UnitIx>>, below: &[UnitIx]) -> Option<String> {
    let mut counts: HashMap<UnitKind, usize> = HashMap::new();
    let mut waiting = below.to_vec();
    while let Some(unit) = waiting.pop() {
        if let Some(kind) = world.tree().kind(unit) {
            *counts.entry(kind).or_default() += 1;
        }
        waiting.extend(children.get(&unit).into_iter().flatten());
    }
    let kinds = UnitKind::ALL.iter().filter_map(|kind| Some(format!("{} × {}", kind.zh(), counts.get(kind)?)));
    let kinds: Vec<String> = kinds.collect();
    (!kinds.is_empty()).then(|| format!("… {}", kinds.join("，")))
}

/// Text inside a quoted Mermaid label: its signs as entities, which Mermaid writes with `#`.
fn mermaid_text(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => label.push(' '),
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | ';' => {
                label.push_str(&format!("#{};", u32::from(c)));
            }
            c => label.push(c),
        }
    }
    label
}

/// Text inside a quoted Graphviz label.
fn dot_text(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => label.push(' '),
            '"' | '\\' => label.extend(['\\', c]),
            c => label.push(c),
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::instant::Zone,
        run::files::{self, FileProblem},
    };

    fn world(name: &str) -> World {
        let zone = Zone::china();
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
        let register = files::read(&dir, &zone).unwrap_or_else(|p: Vec<FileProblem>| panic!("{}", files::listing(&p)));
        World::build(register, 1, zone).unwrap()
    }

    #[test]
    fn a_small_town_is_drawn_with_its_households_folded() {
        let world = world("worlds/hamlet");
        let at = Instant::parse("2016-01-01", &Zone::china()).unwrap();
        let town = world.find_unit("T").unwrap();
        assert_eq!(
            mermaid(&world, town, 1, at),
            "\
flowchart TD
  u0[\"小镇<br/>镇 T<br/>督办岗 [督办]: 王值督<br/>镇值班领导 [值班领导]: 王值督<br/>派单岗: 梁替补\"]
  u1[\"河边村<br/>村 V<br/>河边村驻村干部 [驻村干部]: 潘驻村、梁替补 (替补)<br/>河边村支书 [村常务干部]: 黄旧支<br/>… 组 × 2，户 × 6\"]
  u0 --> u1
"
        );
        let group = world.find_unit("G1").unwrap();
        assert_eq!(
            dot(&world, group, 1, at),
            "\
digraph map {
  rankdir=LR;
  node [shape=box];
  u0 [label=\"河边村一组\\l组 G1\\l一组组长 [组长]: 罗河边\\l\"];
  u1 [label=\"韦水生户\\l户 H11\\l韦水生户联户党员 [联户党员]: 韦水生\\l\"];
  u2 [label=\"罗木生户\\l户 H12\\l罗木生户联户党员 [联户党员]: 韦水生\\l\"];
  u3 [label=\"黄火生户\\l户 H13\\l黄火生户联户党员 [联户党员]: 韦水生\\l\"];
  u0 -> u1;
  u0 -> u2;
  u0 -> u3;
}
"
        );
    }

    #[test]
    fn every_household_is_drawn_or_counted() {
        let world = world("lugong");
        let at = Instant::parse("2026-01-01", &Zone::china()).unwrap();
        let town = world.find_unit("522325105000").unwrap();
        let children = world.tree().children(at);
        let below = children.get(&town).map_or(&[][..], Vec::as_slice);
        assert!(folded(&world, &children, below).unwrap().contains("户 × 5034"));
        let everything = dot(&world, town, 9, at);
        assert_eq!(everything.matches("\\l户 ").count(), 5_034);
        assert!(!everything.contains('…'));
        assert_eq!(everything, dot(&world, town, 9, at));
    }

    #[test]
    fn no_name_breaks_out_of_its_label() {
        let name = "\"]; x <b>\\ #1 `a`\n&";
        assert_eq!(mermaid_text(name), "#34;]#59; x #60;b#62;#92; #35;1 #96;a#96; #38;");
        assert_eq!(dot_text(name), "\\\"]; x <b>\\\\ #1 `a` &");
    }
}
