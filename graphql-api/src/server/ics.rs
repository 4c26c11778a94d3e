//! A calendar as iCalendar text (RFC 5545). Folding and escaping are the library's; what it does not escape
//! is not used.

use icalendar::{Calendar, Component, Event, EventLike, Property};
use liandong_engine::rules::calendar_feed::{Entry, EntryKind, Shown};

/// How often a program should look again.
const REFRESH: &str = "PT1H";

/// The text of a calendar: the same bytes for the same content.
pub(super) fn text(shown: &Shown) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//liandong//calendar//ZH"),
        ("CALSCALE", "GREGORIAN"),
        ("X-PUBLISHED-TTL", REFRESH),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    calendar.append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done());
    // The library writes `NAME` (RFC 7986) without escaping it, so the older name has to do.
    calendar.append_property(Property::new("X-WR-CALNAME", line(&shown.name)));
    for entry in &shown.entries {
        calendar.push(event(entry, shown));
    }
    calendar.to_string()
}

fn event(entry: &Entry, shown: &Shown) -> Event {
    let mut event = Event::new();
    event.uid(&entry.uid);
    // In a calendar without a method this says when the entry was changed last: the day's beginning unless that
    // was later, so that nothing differs from one look to the next.
    let changed = entry.changed_at.map_or(shown.today, |at| at.max(shown.today));
    event.add_property("DTSTAMP", changed.basic_utc());
    event.add_property("DTSTART", entry.span.from.basic_utc());
    event.add_property("DTEND", entry.span.to.basic_utc());
    event.summary(&line(&entry.title));
    if !entry.place.is_empty() {
        event.location(&line(&entry.place));
    }
    if !entry.notes.is_empty() {
        let notes: Vec<String> = entry.notes.iter().map(|note| line(note)).collect();
        event.description(&notes.join("\n"));
    }
    // Whoever is on duty has something to do; an absence and a gap block no time.
    let busy = entry.kind == EntryKind::Duty;
    event.add_property("TRANSP", if busy { "OPAQUE" } else { "TRANSPARENT" });
    event
}

/// A text on one line: the library does not escape control characters other than the line feed.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
