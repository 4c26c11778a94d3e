//! When a digest goes out, and what stands in it. Who is told what at which urgency is shown on a whole town in
//! `tests/suite/notices`.

mod register;

use super::{About, Line, Notice, NoticeKind, Urgency, by_day, delivery::DeliveryId, is_over, lines, next_digest};
use crate::rules::{
    calendar::{
        Calendar, Calendars,
        tests::town::{Owned, at, code},
    },
    id::{AssignmentNo, RequestId},
    instant::{Instant, Zone},
    request::{Assignment, Duty, Ended, Ending},
    world::{Register, World},
};

fn instant(text: &str) -> Instant {
    at(&format!("{}:00+08:00", text.replace(' ', "T")))
}

/// The town of the calendar's own tests, and desks with other hours.
fn desk(which: &str) -> Calendar {
    if which == "none" {
        return Calendar::always();
    }
    let mut rows = Owned::town();
    rows.calendar("village", "cn", "");
    rows.hours("village", "1 2 3 4 5 6 7", "09:30-11:00", "..");
    rows.calendar("guard", "cn", "");
    rows.hours("guard", "1 2 3 4 5 6 7", "00:00-24:00", "..");
    rows.calendar("night", "cn", "");
    rows.hours("night", "1 2 3 4 5", "22:30-24:00", "..");
    rows.calendar("closed", "cn", "");
    Calendars::build(rows.rows()).unwrap().get(&code(which)).unwrap().clone()
}

#[test]
fn a_digest_goes_out_after_the_opening_of_the_next_working_morning() {
    let check = |which: &str, now: &str, expected: &str| {
        let found = next_digest(&desk(which), instant(now));
        assert_eq!(found, instant(expected), "{which} at {now}: {}", found.rfc3339(&Zone::china()));
    };
    // Monday, before, at, just after the opening, over noon, and after work.
    check("town", "2024-05-20 06:00", "2024-05-20 08:35");
    check("town", "2024-05-20 08:30", "2024-05-20 08:35");
    check("town", "2024-05-20 08:34", "2024-05-20 08:35");
    check("town", "2024-05-20 08:35", "2024-05-21 08:35");
    check("town", "2024-05-20 13:00", "2024-05-21 08:35");
    check("town", "2024-05-20 23:00", "2024-05-21 08:35");
    // A Friday evening before a make-up Sunday, and one before a weekend.
    check("town", "2024-04-26 19:00", "2024-04-28 08:35");
    check("town", "2024-05-24 19:00", "2024-05-27 08:35");
    // The week of the national holiday.
    check("town", "2026-09-30 19:00", "2026-10-08 08:35");
    // Two desks, each by its own hours; one that is never closed, one that opens at night, and none.
    check("village", "2024-05-20 09:00", "2024-05-20 09:35");
    check("village", "2024-05-25 12:00", "2024-05-26 09:35");
    check("guard", "2024-05-20 03:00", "2024-05-20 07:05");
    check("guard", "2024-05-20 12:00", "2024-05-21 07:05");
    check("night", "2024-05-20 12:00", "2024-05-21 07:05");
    check("none", "2024-05-20 12:00", "2024-05-21 07:05");
    check("none", "2024-05-20 23:30", "2024-05-21 07:05");
    check("closed", "2024-05-20 12:00", "2024-05-21 07:05");
    // Beyond the last published notice by the days of the week, and beyond the calendar each morning.
    check("town", "2031-10-01 19:00", "2031-10-02 08:35");
    check("town", "2061-01-01 12:00", "2061-01-02 07:05");
}

#[test]
fn what_can_wait_waits_for_the_end_of_the_night() {
    let check = |now: &str, expected: &str| {
        assert_eq!(by_day(&Zone::china(), instant(now)), instant(expected), "{now}");
    };
    check("2024-05-20 06:59", "2024-05-20 07:00");
    check("2024-05-20 07:00", "2024-05-20 07:00");
    check("2024-05-20 21:59", "2024-05-20 21:59");
    check("2024-05-20 22:00", "2024-05-21 07:00");
    check("2024-05-20 00:00", "2024-05-20 07:00");
}

fn notice(kind: NoticeKind, request: u8, assignment: u16) -> Notice {
    Notice {
        person: "P1".parse().unwrap(),
        kind,
        about: About::Request {
            id: RequestId::from_parts(Instant(0), [request; 10]),
            assignment: (assignment > 0).then_some(AssignmentNo(assignment)),
        },
        urgency: Urgency::Digest,
        deliver_at: Instant(7),
    }
}

#[test]
fn a_digest_says_nothing_twice_and_all_in_the_order_in_which_it_happened() {
    use NoticeKind::{Assigned, Overdue, TakenUp};
    let line = |position, no, kind, request, assignment| Line {
        position,
        no,
        at: Instant(position),
        notice: notice(kind, request, assignment),
        over: false,
    };
    let all = vec![
        line(9, 1, Overdue, 1, 2),
        line(3, 2, Overdue, 1, 2),
        line(3, 1, Assigned, 1, 2),
        line(4, 1, Overdue, 2, 2),
        line(5, 1, Overdue, 1, 0),
        line(6, 1, TakenUp, 1, 2),
        line(12, 1, Overdue, 1, 2),
    ];
    let found: Vec<(i64, u16)> = lines(all).iter().map(|line| (line.position, line.no)).collect();
    assert_eq!(found, [(3, 1), (4, 1), (5, 1), (6, 1), (12, 1)]);
    assert_eq!(lines(Vec::new()), []);
}

/// A town without anybody: what a request comes to does not ask for one.
fn nobody() -> World {
    World::build(Register::default(), 1, Zone::china()).unwrap()
}

#[test]
fn what_ended_meanwhile_is_over_and_what_was_done_stays_told() {
    use NoticeKind::{Assigned, CitizenAnswered, NoteAdded, Overdue, Reopened, Resolved, Taken, TakenUp, Withdrawn};
    let assignment = |no, duty, ended: bool| Assignment {
        no: AssignmentNo(no),
        duty,
        post: "X".parse().unwrap(),
        person: "P1".parse().unwrap(),
        rung: 1,
        opened_at: Instant(0),
        accepted_at: None,
        accept: None,
        finish: None,
        accept_expired: false,
        finish_expired: false,
        next_reminder: None,
        ended: ended.then_some(Ended { at: Instant(1), how: Ending::Escalated }),
    };
    let handled = [assignment(1, Duty::Handle, true), assignment(2, Duty::Handle, false)];
    let carried = [assignment(1, Duty::Handle, true), assignment(2, Duty::Relay, false)];
    let world = nobody();
    let check = |kind, no, assignments: &[Assignment], expected: bool| {
        assert_eq!(is_over(&world, Instant(2), &notice(kind, 1, no), assignments), expected, "{kind} {no}");
    };
    check(Assigned, 1, &handled, true);
    check(Assigned, 2, &handled, false);
    check(Assigned, 3, &handled, true);
    check(Overdue, 1, &handled, true);
    check(Overdue, 2, &handled, false);
    check(Overdue, 0, &handled, false);
    check(Overdue, 0, &carried, true);
    for kind in [CitizenAnswered, NoteAdded] {
        check(kind, 1, &handled, true);
        check(kind, 2, &handled, false);
        check(kind, 0, &handled, false);
    }
    for kind in [Taken, TakenUp, Withdrawn] {
        check(kind, 1, &handled, false);
    }
    for kind in [Resolved, Reopened] {
        check(kind, 0, &carried, false);
    }
}

#[test]
fn what_goes_out_together_has_one_name_and_what_does_not_has_another() {
    let digest = notice(NoticeKind::Assigned, 1, 1);
    let later = Notice { deliver_at: Instant(8), ..digest.clone() };
    let other = Notice { person: "P2".parse().unwrap(), ..digest.clone() };
    let urgent = Notice { urgency: Urgency::Urgent, ..digest.clone() };
    let name = |position, no, notice: &Notice| DeliveryId::of(position, no, notice).to_string();
    assert_eq!([name(1, 1, &digest), name(2, 1, &digest)], ["d.P1.7", "d.P1.7"]);
    assert_eq!([name(1, 1, &later), name(1, 1, &other)], ["d.P1.8", "d.P2.7"]);
    assert_eq!([name(1, 1, &urgent), name(1, 2, &urgent), name(2, 1, &urgent)], ["n.1.1", "n.1.2", "n.2.1"]);
}
