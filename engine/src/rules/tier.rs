//! The tiers of the territory tree and the kinds of units.
//!
//! Only the order of tiers matters: any tier may be missing anywhere, and nothing assumes a depth.

use serde::{Deserialize, Serialize};

use super::id::UnitCode;

/// Declares an enum whose variants have one English word (the variant's name, also the word in
/// files and the API) and one Chinese word (what users see), and reads both.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $zh:literal $(| $alias:literal)*),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[repr(u8)]
        $vis enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The English word, as in files and in the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),* }
            }

            /// The Chinese word, as users see it.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }

            /// Reads the English word (any case) or the Chinese one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                $(if text.eq_ignore_ascii_case(stringify!($variant)) || text == $zh $(|| text == $alias)* {
                    return Some(Self::$variant);
                })*
                None
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a unit is: a territory (the first nine, from high to low) or a functional unit that
    /// serves one.
    pub enum UnitKind {
        /// 省
        Province = "省",
        /// 市州
        Prefecture = "市州" | "市" | "州",
        /// 县
        County = "县" | "区",
        /// 镇
        Town = "镇" | "乡" | "街道",
        /// 办事处
        Office = "办事处",
        /// 村
        Village = "村" | "社区",
        /// 组
        Group = "组",
        /// 片
        Area = "片",
        /// 户
        Household = "户",
        /// 服务大厅
        Hall = "服务大厅" | "大厅",
        /// 窗口
        Window = "窗口",
        /// 站所
        Department = "站所",
        /// 工作组
        WorkTeam = "工作组",
        /// 便民服务点
        ServicePoint = "便民服务点" | "服务点",
        /// 便民服务队
        ServiceTeam = "便民服务队" | "服务队",
        /// 信访接待室
        PetitionRoom = "信访接待室" | "接待室",
    }
}

impl UnitKind {
    /// The tier, if it is a territory.
    #[must_use]
    pub fn tier(self) -> Option<Tier> {
        Tier::ALL.get(self as usize).copied()
    }

    /// Whether it is a functional unit, one that serves a territory.
    #[must_use]
    pub fn is_functional(self) -> bool {
        self.tier().is_none()
    }
}

words! {
    /// A level of the territory tree, from high to low: a smaller value is a higher tier.
    pub enum Tier {
        /// 省
        Province = "省",
        /// 市州
        Prefecture = "市州" | "市" | "州",
        /// 县
        County = "县" | "区",
        /// 镇
        Town = "镇" | "乡" | "街道",
        /// 办事处
        Office = "办事处",
        /// 村
        Village = "村" | "社区",
        /// 组
        Group = "组",
        /// 片
        Area = "片",
        /// 户
        Household = "户",
    }
}

impl Tier {
    /// Whether this tier is nearer the root than `other`.
    #[must_use]
    pub fn is_above(self, other: Self) -> bool {
        self < other
    }
}

/// One stretch of a unit's life, as the register holds it: a rename or a move ends one stretch and
/// begins the next under the same code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Names the unit through all its stretches.
    pub code: UnitCode,
    /// The name that people use, as of this stretch.
    pub name: String,
    /// The same in every stretch of a unit.
    pub kind: UnitKind,
    /// The unit above; none for a root.
    pub parent: Option<UnitCode>,
    /// For a functional unit: the territory it serves, when that is not the nearest one above.
    pub serves: Option<UnitCode>,
    /// When this stretch holds.
    pub span: super::instant::Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_territories_are_the_tiers_and_the_rest_is_functional() {
        for tier in Tier::ALL {
            assert_eq!(UnitKind::parse(tier.word()).and_then(UnitKind::tier), Some(*tier));
            assert_eq!(UnitKind::parse(tier.zh()).and_then(UnitKind::tier), Some(*tier));
        }
        assert!(UnitKind::Hall.is_functional());
        assert!(Tier::Town.is_above(Tier::Household));
    }
}
