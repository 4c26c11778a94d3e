//! A bounded memory of what was looked up lately.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Keeps at most twice `most` values: those of the present generation and of the one before. When the
/// present one is full it becomes the one before, and what was not asked for meanwhile is forgotten.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    most: usize,
    generations: Mutex<(HashMap<K, V>, HashMap<K, V>)>,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// An empty memory.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, generations: Mutex::new((HashMap::new(), HashMap::new())) }
    }

    /// What is remembered under the key.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = generations.0.get(key) {
            return Some(value.clone());
        }
        let (key, value) = generations.1.remove_entry(key)?;
        self.keep(&mut generations, key, value.clone());
        Some(value)
    }

    /// Remembers a value.
    pub(crate) fn put(&self, key: K, value: V) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        self.keep(&mut generations, key, value);
    }

    /// Forgets a value.
    pub(crate) fn forget(&self, key: &K) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.0.remove(key);
        generations.1.remove(key);
    }

    fn keep(&self, generations: &mut (HashMap<K, V>, HashMap<K, V>), key: K, value: V) {
        if generations.0.len() >= self.most {
            generations.1 = std::mem::take(&mut generations.0);
        }
        generations.0.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let cache = Cache::new(2);
        for n in 0..5 {
            cache.put(n, n * 10);
            assert_eq!(cache.get(&0), Some(0));
        }
        assert_eq!(cache.get(&1), None);
        let generations = cache.generations.lock().unwrap();
        assert!(generations.0.len() <= 2 && generations.1.len() <= 2);
    }

    #[test]
    fn what_is_forgotten_is_gone() {
        let cache = Cache::new(2);
        cache.put(1, 1);
        cache.forget(&1);
        assert_eq!(cache.get(&1), None);
    }
}
