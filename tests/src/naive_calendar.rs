//! The same calendar reckoned without any cleverness: from the raw rows, minute by minute.
//!
//! It shares nothing with the compiled calendar but the types of the rows, and only knows zones in
//! which no clock is changed while it counts.
#![expect(clippy::unwrap_used, reason = "a reckoning that goes wrong must fail the test that wants it")]

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time, Weekday as Iso},
    tz::TimeZone,
};

use liandong_engine::rules::{
    calendar::{Allowance, CalendarRow, DayRow, Declared, Market, MarketRule, On, Period, Rows, Weekday},
    id::CalendarCode,
    instant::Instant,
};

const MINUTE: i64 = 60_000_000;

/// One calendar, by its rows.
#[derive(Debug)]
pub struct Naive<'a> {
    rows: Rows<'a>,
    code: CalendarCode,
    zone: TimeZone,
}

/// What one date is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaiveDay {
    /// Whether it counts as a working day.
    pub worked: bool,
    /// Whether it is market day.
    pub market: bool,
    /// What it was declared as.
    pub name: Option<String>,
    /// When people work.
    pub periods: Vec<Period>,
}

impl<'a> Naive<'a> {
    /// The calendar with that code.
    ///
    /// # Panics
    /// When there is none, as does all that follows.
    #[must_use]
    pub fn new(rows: Rows<'a>, code: &str) -> Self {
        let code: CalendarCode = code.parse().unwrap();
        let zone = TimeZone::get(&rows.calendars.iter().find(|c| c.code == code).unwrap().zone).unwrap();
        Self { rows, code, zone }
    }

    /// The clock on the wall.
    #[must_use]
    pub fn local(&self, at: Instant) -> DateTime {
        self.zone.to_datetime(jiff::Timestamp::from_microsecond(at.0).unwrap())
    }

    /// The first instant of a date.
    #[must_use]
    pub fn midnight(&self, date: Date) -> Instant {
        Instant(self.zone.to_timestamp(date.to_datetime(Time::midnight())).unwrap().as_microsecond())
    }

    fn declared(&self, date: Date) -> Option<&'a DayRow> {
        let mut code = Some(&self.code);
        while let Some(at) = code {
            let says = |d: &&DayRow| d.calendar == *at && d.date == date && d.kind != Declared::Ordinary;
            if let Some(row) = self.rows.days.iter().find(says) {
                return Some(row);
            }
            let row: &CalendarRow = self.rows.calendars.iter().find(|c| c.code == *at).unwrap();
            code = row.base.as_ref();
        }
        None
    }

    fn hours(&self, on: On, date: Date) -> Option<Vec<Period>> {
        let at = self.midnight(date);
        let mine =
            |h: &&liandong_engine::rules::calendar::Hours| h.calendar == self.code && h.on == on && h.span.contains(at);
        self.rows.hours.iter().find(mine).map(|h| h.periods.clone())
    }

    fn falls_on(market: &Market, date: Date) -> bool {
        let day = u8::try_from(date.day()).unwrap();
        match &market.rule {
            MarketRule::Branch(branches) => {
                // 2024-02-10 is a day of the fifth branch, 辰.
                let since = date.since(jiff::civil::date(2024, 2, 10)).unwrap().get_days();
                let place = (since + 4).rem_euclid(12);
                branches.iter().any(|b| *b as i32 == place)
            }
            MarketRule::Weekday(days) => days.iter().any(|d| *d == weekday(date)),
            MarketRule::SolarDigits(digits) => digits.contains(&(day % 10)),
            MarketRule::LunarDigits(digits) => {
                digits.contains(&(liandong_engine::rules::calendar::lunar(date).unwrap().1 % 10))
            }
            MarketRule::OddDays => day % 2 == 1,
            MarketRule::EvenDays => day % 2 == 0,
            MarketRule::Daily => true,
        }
    }

    /// What a date is.
    #[must_use]
    pub fn day(&self, date: Date) -> NaiveDay {
        let mine = self.rows.markets.iter().filter(|m| m.calendar == self.code);
        let at = self.midnight(date);
        let market = mine.filter(|m| m.span.contains(at)).any(|m| Self::falls_on(m, date));
        let usual = |day: Weekday| self.hours(On::Weekday(day), date).unwrap_or_default();
        let Some(row) = self.declared(date) else {
            let week = weekday(date);
            let worked = !matches!(week, Weekday::Saturday | Weekday::Sunday);
            let market_hours = if market { self.hours(On::Market, date) } else { None };
            return NaiveDay { worked, market, name: None, periods: market_hours.unwrap_or_else(|| usual(week)) };
        };
        let worked = matches!(row.kind, Declared::MakeUp | Declared::HalfDay);
        let periods = if !row.periods.is_empty() {
            row.periods.clone()
        } else if worked {
            let mut found = self.hours(On::MakeUp, date);
            for day in [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday] {
                if found.is_none() && !usual(day).is_empty() {
                    found = Some(usual(day));
                }
            }
            found.unwrap_or_default()
        } else {
            self.hours(On::Holiday, date).unwrap_or_default()
        };
        NaiveDay { worked, market, name: Some(row.name.clone()), periods }
    }

    /// Microseconds worked between two instants.
    #[must_use]
    pub fn worked(&self, from: Instant, to: Instant) -> i64 {
        let mut sum = 0;
        self.minutes(from, |at, next, open| {
            let next = next.min(to.0);
            sum += if open && next > at { next - at } else { 0 };
            next >= to.0
        });
        sum
    }

    /// Every minute from an instant on, with whether it is worked, until told to stop.
    fn minutes(&self, start: Instant, mut stop: impl FnMut(i64, i64, bool) -> bool) {
        let (mut at, mut date) = (start.0, None::<(Date, Vec<Period>)>);
        loop {
            let local = self.local(Instant(at));
            if date.as_ref().map(|d| d.0) != Some(local.date()) {
                date = Some((local.date(), self.day(local.date()).periods));
            }
            let minute = u16::try_from(local.hour()).unwrap() * 60 + u16::try_from(local.minute()).unwrap();
            let open = date.as_ref().unwrap().1.iter().any(|p| p.from <= minute && minute < p.to);
            let next = at - at.rem_euclid(MINUTE) + MINUTE;
            if stop(at, next, open) {
                return;
            }
            at = next;
        }
    }

    /// Whether people work.
    #[must_use]
    pub fn is_open(&self, at: Instant) -> bool {
        let mut found = false;
        self.minutes(at, |_, _, open| {
            found = open;
            true
        });
        found
    }

    /// When people work next. It must come.
    #[must_use]
    pub fn next_opening(&self, start: Instant) -> Instant {
        let mut found = start;
        self.minutes(start, |at, _, open| {
            found = Instant(at);
            open
        });
        found
    }

    /// When the work of a date is over.
    fn end(&self, date: Date) -> Instant {
        let to = self.day(date).periods.last().map_or(24 * 60, |p| p.to);
        Instant(self.midnight(date).0 + i64::from(to) * MINUTE)
    }

    /// When an allowance ends. It must.
    #[must_use]
    pub fn due(&self, start: Instant, allowance: Allowance) -> Instant {
        let mut date = self.local(start).date();
        match allowance {
            Allowance::Minutes(_) | Allowance::Micros(_) => Instant(start.0 + micros(allowance)),
            Allowance::WorkingMinutes(_) | Allowance::WorkingMicros(_) => {
                let (mut rest, mut due) = (micros(allowance), start);
                self.minutes(start, |at, next, open| {
                    if !open {
                        return false;
                    }
                    due = Instant(at + rest.min(next - at));
                    rest -= next - at;
                    rest <= 0
                });
                due
            }
            Allowance::WorkingDays(days) => {
                let mut rest = days;
                while rest > 0 {
                    date = date.checked_add(1.day()).unwrap();
                    rest -= u16::from(self.day(date).worked);
                }
                self.end(date)
            }
            Allowance::Days(days) => {
                date = date.checked_add(i64::from(days).days()).unwrap();
                while !self.day(date).worked {
                    date = date.checked_add(1.day()).unwrap();
                }
                self.end(date)
            }
        }
    }
}

/// How long an allowance that is not in days is.
fn micros(allowance: Allowance) -> i64 {
    match allowance {
        Allowance::Minutes(minutes) | Allowance::WorkingMinutes(minutes) => i64::from(minutes) * MINUTE,
        Allowance::Micros(micros) | Allowance::WorkingMicros(micros) => i64::try_from(micros).unwrap(),
        Allowance::Days(_) | Allowance::WorkingDays(_) => 0,
    }
}

fn weekday(date: Date) -> Weekday {
    match date.weekday() {
        Iso::Monday => Weekday::Monday,
        Iso::Tuesday => Weekday::Tuesday,
        Iso::Wednesday => Weekday::Wednesday,
        Iso::Thursday => Weekday::Thursday,
        Iso::Friday => Weekday::Friday,
        Iso::Saturday => Weekday::Saturday,
        Iso::Sunday => Weekday::Sunday,
    }
}
