//! Market days (赶场), and the rules by which they fall.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{date::number, day::Weekday, lunar::lunar};
use crate::rules::{id::CalendarCode, instant::Span, tier::words};

words! {
    /// The earthly branch (地支) of a day, a cycle of twelve; also read as its animal.
    pub enum Branch {
        /// 子
        Zi = "子" | "鼠",
        /// 丑
        Chou = "丑" | "牛",
        /// 寅
        Yin = "寅" | "虎",
        /// 卯
        Mao = "卯" | "兔",
        /// 辰
        Chen = "辰" | "龙",
        /// 巳
        Si = "巳" | "蛇",
        /// 午
        Wu = "午" | "马",
        /// 未
        Wei = "未" | "羊",
        /// 申
        Shen = "申" | "猴",
        /// 酉
        You = "酉" | "鸡",
        /// 戌
        Xu = "戌" | "狗",
        /// 亥
        Hai = "亥" | "猪",
    }
}

impl Branch {
    /// The Julian day number of 1970-01-01.
    const EPOCH: i64 = 2_440_588;

    /// The branch of a date: (Julian day number - 11) mod 12, 0 being 子. The cycle runs through the
    /// ends of months and years.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let place = (number(date) + Self::EPOCH - 11).rem_euclid(12);
        usize::try_from(place).ok().and_then(|i| Self::ALL.get(i)).copied().unwrap_or(Self::Zi)
    }
}

words! {
    /// The word for a kind of rule, as in files.
    pub enum MarketKind {
        /// By the earthly branch of the day.
        Branch = "地支",
        /// By the day of the week.
        Weekday = "星期",
        /// By the last digit of the day of the month.
        SolarDigits = "公历尾数",
        /// By the last digit of the day of the lunar month.
        LunarDigits = "农历尾数",
        /// On the 1st, 3rd, 5th … of the month.
        OddDays = "单日",
        /// On the 2nd, 4th, 6th … of the month.
        EvenDays = "双日",
        /// Every day.
        Daily = "每日",
    }
}

/// How market days are fixed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MarketRule {
    /// On days of these branches; two opposite ones make a market every six days.
    Branch(Vec<Branch>),
    /// On these days of the week.
    Weekday(Vec<Weekday>),
    /// On days of the month that end in these digits (公历逢四、九).
    SolarDigits(Vec<u8>),
    /// On days of the lunar month that end in these digits (农历逢四、九).
    LunarDigits(Vec<u8>),
    /// On odd days of the month.
    OddDays,
    /// On even days of the month.
    EvenDays,
    /// Every day.
    Daily,
}

/// Why words are not a rule: one of the values is none of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is no value of a market rule by {kind}: write {wanted}")]
pub struct BadMarketRule {
    /// The kind of rule.
    pub kind: MarketKind,
    /// The value, cut short.
    pub value: String,
    /// What can stand there.
    pub wanted: &'static str,
}

impl MarketRule {
    /// The rule of a kind with its values.
    ///
    /// # Errors
    /// [`BadMarketRule`] when a value is none of that kind.
    pub fn read<'a>(kind: MarketKind, values: impl IntoIterator<Item = &'a str>) -> Result<Self, BadMarketRule> {
        let values = values.into_iter();
        Ok(match kind {
            MarketKind::Branch => Self::Branch(list(kind, values, "子 to 亥, or an animal", Branch::parse)?),
            MarketKind::Weekday => Self::Weekday(list(kind, values, "1 (Monday) to 7 (Sunday)", Weekday::parse)?),
            MarketKind::SolarDigits => Self::SolarDigits(list(kind, values, "0 to 9", digit)?),
            MarketKind::LunarDigits => Self::LunarDigits(list(kind, values, "0 to 9", digit)?),
            MarketKind::OddDays => none(kind, values, Self::OddDays)?,
            MarketKind::EvenDays => none(kind, values, Self::EvenDays)?,
            MarketKind::Daily => none(kind, values, Self::Daily)?,
        })
    }

    /// What kind of rule it is.
    #[must_use]
    pub const fn kind(&self) -> MarketKind {
        match self {
            Self::Branch(_) => MarketKind::Branch,
            Self::Weekday(_) => MarketKind::Weekday,
            Self::SolarDigits(_) => MarketKind::SolarDigits,
            Self::LunarDigits(_) => MarketKind::LunarDigits,
            Self::OddDays => MarketKind::OddDays,
            Self::EvenDays => MarketKind::EvenDays,
            Self::Daily => MarketKind::Daily,
        }
    }

    /// Its values as words, such that [`MarketRule::read`] gives it back.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        match self {
            Self::Branch(branches) => branches.iter().map(|b| b.zh().to_owned()).collect(),
            Self::Weekday(days) => days.iter().map(|d| d.word().to_owned()).collect(),
            Self::SolarDigits(digits) | Self::LunarDigits(digits) => digits.iter().map(u8::to_string).collect(),
            Self::OddDays | Self::EvenDays | Self::Daily => Vec::new(),
        }
    }

    /// Whether a date is a market day by this rule.
    #[must_use]
    pub fn falls_on(&self, date: Date) -> bool {
        let ends_in = |day: u8, digits: &[u8]| digits.contains(&(day % 10));
        let day = date.day().unsigned_abs();
        match self {
            Self::Branch(branches) => branches.contains(&Branch::of(date)),
            Self::Weekday(days) => days.contains(&Weekday::of(date)),
            Self::SolarDigits(digits) => ends_in(day, digits),
            Self::LunarDigits(digits) => lunar(date).is_some_and(|(_, day)| ends_in(day, digits)),
            Self::OddDays => day % 2 == 1,
            Self::EvenDays => day % 2 == 0,
            Self::Daily => true,
        }
    }
}

fn list<'a, T>(
    kind: MarketKind,
    values: impl Iterator<Item = &'a str>,
    wanted: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, BadMarketRule> {
    let bad = |value: &str| BadMarketRule { kind, value: value.chars().take(40).collect(), wanted };
    values.map(|value| read(value).ok_or_else(|| bad(value))).collect()
}

fn none<'a>(
    kind: MarketKind,
    mut values: impl Iterator<Item = &'a str>,
    rule: MarketRule,
) -> Result<MarketRule, BadMarketRule> {
    match values.next() {
        None => Ok(rule),
        Some(value) => Err(BadMarketRule { kind, value: value.chars().take(40).collect(), wanted: "nothing there" }),
    }
}

fn digit(text: &str) -> Option<u8> {
    text.parse().ok().filter(|d| *d <= 9)
}

/// When the market of a calendar's place falls. Several rules of one calendar add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Market {
    /// Whose market.
    pub calendar: CalendarCode,
    /// How its days are fixed.
    pub rule: MarketRule,
    /// When the rule holds; a date lies in it when its midnight does.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_lunar_days_agree_with_the_published_market_days_of_2024() {
        let mut rows = 0;
        for line in include_str!("../../../../fixtures/sources/market_days_2024.csv").lines().skip(1) {
            let [date, month, day, branch, animal, pair] = line.split(',').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let date: Date = date.parse().unwrap();
            assert_eq!(lunar(date), Some((month.parse().unwrap(), day.parse().unwrap())), "{line}");
            assert_eq!(Some(Branch::of(date)), Branch::parse(branch), "{line}");
            assert_eq!(Some(Branch::of(date)), Branch::parse(animal), "{line}");
            let pair = MarketRule::read(MarketKind::Branch, pair.split(' ')).unwrap();
            assert!(pair.falls_on(date) && !pair.falls_on(date.tomorrow().unwrap()), "{line}");
            rows += 1;
        }
        assert_eq!(rows, 101);
    }

    #[test]
    fn a_rule_names_its_market_days() {
        // 2024-02-10 is the first day of the lunar year and a Saturday of the branch 辰.
        for (kind, values, expected) in [
            (MarketKind::Branch, "辰 戌", "10 16 22 28"),
            (
                MarketKind::Branch,
                "dragon",
                "`dragon` is no value of a market rule by Branch: write 子 to 亥, or an animal",
            ),
            (MarketKind::Weekday, "7", "11 18 25"),
            (MarketKind::Weekday, "0", "`0` is no value of a market rule by Weekday: write 1 (Monday) to 7 (Sunday)"),
            (MarketKind::SolarDigits, "4 9", "14 19 24 29"),
            (MarketKind::SolarDigits, "10", "`10` is no value of a market rule by SolarDigits: write 0 to 9"),
            (MarketKind::LunarDigits, "4 9", "13 18 23 28"),
            (MarketKind::OddDays, "", "11 13 15 17 19 21 23 25 27 29"),
            (MarketKind::EvenDays, "", "10 12 14 16 18 20 22 24 26 28"),
            (MarketKind::Daily, "1", "`1` is no value of a market rule by Daily: write nothing there"),
        ] {
            let told = match MarketRule::read(kind, values.split(' ').filter(|v| !v.is_empty())) {
                Err(bad) => bad.to_string(),
                Ok(rule) => {
                    assert_eq!(
                        MarketRule::read(rule.kind(), rule.values().iter().map(String::as_str)),
                        Ok(rule.clone())
                    );
                    let days = (10..30).filter(|day| rule.falls_on(jiff::civil::date(2024, 2, *day)));
                    days.map(|day| day.to_string()).collect::<Vec<_>>().join(" ")
                }
            };
            assert_eq!(told, expected, "{kind} {values}");
        }
    }
}
