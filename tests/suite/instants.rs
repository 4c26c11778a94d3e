//! Instants as texts, whatever they are.

use liandong_engine::rules::instant::{Instant, Zone};
use proptest::prelude::*;

/// From 1902, since when Chinese clocks have kept whole minutes from the universal time, to the end of the year 9998.
const YEARS: std::ops::Range<i64> = -2_145_916_800_000_000..253_370_736_000_000_000;

const WRITTEN: &str = "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\\.[0-9]{1,6})?)?(Z|[+-][0-2][0-9]:[0-6][0-9])";

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same_instant(micros in YEARS) {
        let (zone, at) = (Zone::china(), Instant(micros));
        prop_assert_eq!(Instant::parse(&at.rfc3339(&zone), &zone), Ok(at));
        prop_assert_eq!(Instant::parse(&at.text(&zone), &zone), Ok(at));
    }

    #[test]
    fn what_is_read_is_what_stands_there(text in WRITTEN) {
        let zone = Zone::china();
        if let Ok(at) = Instant::parse(&text, &zone) {
            prop_assert_eq!(Instant::parse(&at.rfc3339(&zone), &zone), Ok(at));
            // The minute of the hour is the one that was written, but for offsets of a quarter of an hour.
            let minute = |text: &str| text.get(14..16).and_then(|m| m.parse::<i32>().ok()).unwrap_or(-1);
            let apart = minute(&text) - minute(&at.rfc3339(&zone));
            let offset = text.rsplit([':', 'Z']).next().and_then(|m| m.parse::<i32>().ok()).unwrap_or(0);
            prop_assert!((apart - offset) % 60 == 0 || (apart + offset) % 60 == 0, "{}", text);
            for never in ["T24", ":60", "+24", "-24", "+15", "-13"] {
                prop_assert!(!text.get(10..).is_some_and(|time| time.contains(never)), "{}", text);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        drop(Instant::parse(&text, &Zone::china()));
    }
}
