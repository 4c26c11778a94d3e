//! Who is told what: a table of all that happens and of everybody whom it touches, written out as the page
//! `fixtures/notices.txt`.

use super::{
    NoticeKind,
    register_table::{Change, Concerned, told_of_change},
    request_table::{Happening, Relation, told},
};
use crate::rules::tier::words;

/// What the table says of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// They are told.
    Told(NoticeKind),
    /// They are not.
    Not(Silence),
}

words! {
    /// Why somebody is not told.
    pub enum Silence {
        /// There is nobody who stands so to it then.
        Nobody = "此时无此人",
        /// Nobody else can do it, and nobody is told what they did themselves.
        DidIt = "本人所为",
        /// What they have to do, and until when, stays as it was.
        Unchanged = "其所办不变",
        /// They only follow it, have nothing to do about it, and see it whenever they look.
        Followable = "随时可查",
        /// They are told of the same thing as who has it now.
        AsHolder = "按现承办人通知",
        /// They let it go, and it is somebody else's.
        LetGo = "已不经办",
        /// They are no person of the register: the receipt shows it.
        OnReceipt = "凭回执查看",
        /// It is a rule for everybody, and everybody reads it; running work keeps what it was given.
        ForEverybody = "规则公开可查",
    }
}

impl Word {
    fn line(self) -> String {
        match self {
            Self::Told(kind) => format!("✓ {} {}", kind.word(), kind.zh()),
            Self::Not(why) => format!("· {} {}", why.word(), why.zh()),
        }
    }
}

/// The table as a page that a lay person can review.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "Who is told what 通知表\n\nGenerated from the table in rules/notice; a tick (✓) is followed by what is told, a point (·) by why nothing is.\n\
         Nobody is told what they did themselves, nor the same thing twice: what stands first for somebody is said.\n\
         Nobody is told who holds no post, nor whom a request goes round (回避). Where there is nobody who stands so to it, nothing is shown.\n",
    );
    let mut lines = |title: (&str, &str), cells: Vec<(&str, &str, Word)>| {
        page.push_str(&format!("\n{} {}\n", title.0, title.1));
        for (word, zh, cell) in cells.into_iter().filter(|(.., cell)| *cell != Word::Not(Silence::Nobody)) {
            page.push_str(&format!("  {word} {zh}: {}\n", cell.line()));
        }
    };
    for happening in Happening::ALL {
        let cell = |relation: &Relation| (relation.word(), relation.zh(), told(*happening, *relation));
        lines((happening.word(), happening.zh()), Relation::ALL.iter().map(cell).collect());
    }
    for change in Change::ALL {
        let cell = |one: &Concerned| (one.word(), one.zh(), told_of_change(*change, *one));
        lines((change.word(), change.zh()), Concerned::ALL.iter().map(cell).collect());
    }
    page
}
