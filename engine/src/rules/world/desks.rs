//! The posts of each territory, packed so that a climb touches as little memory as can be.

use super::PostIx;
use crate::rules::{
    post::{PostKind, Rank},
    tree::UnitIx,
};

/// So many neighbours in the order of codes share one entry of the table of starts.
const BLOCK: u32 = 16;

/// A post as found at a territory: with all that tells whether it is one to look at, and who holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Desk {
    pub(crate) post: PostIx,
    /// When the post exists.
    pub(super) span: u32,
    /// Person, time and rank of its one holding; none when it ever had several, or never had any.
    pub(super) only: Option<(u32, u32, Rank)>,
    pub(super) kind: PostKind,
    /// Whether the post's unit belongs to this territory whenever it exists.
    pub(super) fixed: bool,
    /// Whether a roster ever governs the post.
    pub(crate) rostered: bool,
    /// Which territory of its block.
    pub(super) neighbour: u8,
}

/// All desks, by territory, kind and code. A table with a start for every territory would be mostly
/// households that have none, and too large for the cache.
#[derive(Clone, Debug, Default)]
pub(super) struct Desks {
    starts: Vec<u32>,
    desks: Vec<Desk>,
}

/// Where a territory is: its block, and which one of the block.
const fn place(territory: UnitIx) -> (usize, u8) {
    ((territory.0 / BLOCK) as usize, (territory.0 % BLOCK) as u8)
}

impl Desks {
    /// The desks of so many units, each with its territory.
    pub(super) fn build(units: usize, mut pairs: Vec<(UnitIx, Desk)>) -> Self {
        pairs.sort_unstable_by_key(|(territory, desk)| (*territory, desk.kind, desk.post));
        let mut starts = vec![0; units.div_ceil(BLOCK as usize) + 1];
        for (territory, _) in &pairs {
            if let Some(next) = starts.get_mut(place(*territory).0 + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut desks = Vec::with_capacity(pairs.len());
        desks.extend(pairs.into_iter().map(|(territory, desk)| Desk { neighbour: place(territory).1, ..desk }));
        Self { starts, desks }
    }

    /// The desks of one territory.
    #[inline]
    pub(super) fn of(&self, territory: UnitIx) -> impl Iterator<Item = &Desk> {
        let (block, neighbour) = place(territory);
        self.from(block, move |d| d.neighbour < neighbour).take_while(move |d| d.neighbour == neighbour)
    }

    /// Those of them that are of one kind.
    #[inline]
    pub(super) fn of_kind(&self, territory: UnitIx, kind: PostKind) -> impl Iterator<Item = &Desk> {
        let (block, neighbour) = place(territory);
        let found = self.from(block, move |d| (d.neighbour, d.kind) < (neighbour, kind));
        found.take_while(move |d| (d.neighbour, d.kind) == (neighbour, kind))
    }

    #[inline]
    fn from(&self, block: usize, before: impl Fn(&Desk) -> bool) -> std::slice::Iter<'_, Desk> {
        let bound = |block| self.starts.get(block).map_or(0, |start| *start as usize);
        let all = self.desks.get(bound(block)..bound(block + 1)).unwrap_or(&[]);
        all.get(all.partition_point(before)..).unwrap_or(&[]).iter()
    }

    pub(super) fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>() + self.desks.capacity() * size_of::<Desk>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_territory_finds_its_desks_by_kind_and_others_find_none() {
        let desk = |post, kind| Desk {
            post: PostIx(post),
            span: 0,
            only: None,
            kind,
            fixed: true,
            rostered: false,
            neighbour: 0,
        };
        let (cadre, leader) = (PostKind::StandingCadre, PostKind::GroupLeader);
        let pairs = vec![
            (UnitIx(130), desk(4, leader)),
            (UnitIx(3), desk(1, leader)),
            (UnitIx(64), desk(3, leader)),
            (UnitIx(3), desk(0, cadre)),
            (UnitIx(3), desk(2, leader)),
        ];
        let desks = Desks::build(200, pairs);
        let of = |unit| desks.of(UnitIx(unit)).map(|d| d.post.0).collect::<Vec<_>>();
        assert_eq!((of(3), of(64), of(130)), (vec![1, 2, 0], vec![3], vec![4]));
        assert!((0..300).filter(|unit| ![3, 64, 130].contains(unit)).all(|unit| of(unit).is_empty()));
        let leaders = |unit| desks.of_kind(UnitIx(unit), leader).map(|d| d.post.0).collect::<Vec<_>>();
        assert_eq!((leaders(3), leaders(4)), (vec![1, 2], vec![]));
    }
}
