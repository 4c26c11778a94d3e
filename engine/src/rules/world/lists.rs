//! The compact shapes that a world is kept in: lists by owner, and shared stretches of time.

use std::collections::HashMap;

use crate::rules::instant::{Instant, Span};

/// A count of rows as an index; a register has fewer than four thousand million.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Lists one after the other, found by the index of their owner.
#[derive(Clone, Debug)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    ends: Vec<u32>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { items: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// From pairs (owner, item); the items of an owner keep the order they have in `pairs`.
    pub(super) fn build(owners: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_by_key(|(owner, _)| *owner);
        let mut counts = vec![0_u32; owners];
        for (owner, _) in &pairs {
            if let Some(count) = counts.get_mut(*owner as usize) {
                *count += 1;
            }
        }
        let mut end = 0;
        for count in &mut counts {
            end += *count;
            *count = end;
        }
        // A plain collect would keep the room of the larger pairs.
        let mut items = Vec::with_capacity(pairs.len());
        items.extend(pairs.into_iter().map(|(_, item)| item));
        Self { items, ends: counts }
    }

    pub(super) fn bytes(&self) -> usize {
        self.items.capacity() * size_of::<T>() + self.ends.capacity() * size_of::<u32>()
    }

    #[inline]
    pub(super) fn of(&self, owner: u32) -> &[T] {
        let owner = owner as usize;
        let start = owner.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        let end = self.ends.get(owner).copied().unwrap_or(start);
        self.items.get(start as usize..end as usize).unwrap_or(&[])
    }
}

/// Stretches of time, each kept once: nearly all rows share a few.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// The stretch's number; `known` holds those that have one.
    pub(super) fn number(&mut self, known: &mut HashMap<Span, u32>, span: Span) -> u32 {
        *known.entry(span).or_insert_with(|| {
            self.0.push(span);
            count(self.0.len() - 1)
        })
    }

    /// Each stretch once, in no order that means anything.
    pub(super) fn all(&self) -> &[Span] {
        &self.0
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> Span {
        self.0.get(number as usize).copied().unwrap_or(Span { from: Instant::MAX, to: Instant::MIN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_finds_its_items_and_others_find_none() {
        let lists = Lists::build(5, vec![(4, 'd'), (1, 'a'), (2, 'c'), (1, 'b')]);
        assert_eq!(
            (0..7).map(|owner| lists.of(owner).iter().collect()).collect::<Vec<String>>(),
            ["", "ab", "c", "", "d", "", ""]
        );
    }
}
