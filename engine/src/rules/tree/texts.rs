//! Short texts one after the other: no allocation and no pointer for each, a byte and a bit beside it.

/// So many texts share one entry of the table of starts.
const BLOCK: usize = 16;

/// The longest text that can be kept, in bytes.
pub(super) const MAX_BYTES: usize = u8::MAX as usize;

#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    bytes: String,
    lengths: Vec<u8>,
    starts: Vec<u32>,
}

impl Texts {
    /// Adds a text; one that is longer than [`MAX_BYTES`] is kept as an empty one.
    pub(super) fn push(&mut self, text: &str) {
        if self.lengths.len().is_multiple_of(BLOCK) {
            self.starts.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        }
        let length = u8::try_from(text.len()).unwrap_or(0);
        self.lengths.push(length);
        self.bytes.push_str(if length == 0 { "" } else { text });
    }

    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.lengths.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// The text at that place, counted from 0; empty when there is none.
    pub(super) fn get(&self, at: u32) -> &str {
        let at = at as usize;
        let block = at / BLOCK;
        let before = self.lengths.get(block * BLOCK..at).unwrap_or(&[]).iter().map(|l| usize::from(*l)).sum::<usize>();
        let start = self.starts.get(block).map_or(0, |start| *start as usize) + before;
        let length = self.lengths.get(at).copied().unwrap_or(0);
        self.bytes.get(start..start + usize::from(length)).unwrap_or("")
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.capacity() + self.lengths.capacity() + self.starts.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_comes_back_and_one_too_long_comes_back_empty() {
        let texts: Vec<String> = (0..100).map(|i| "村".repeat(i)).collect();
        let mut kept = Texts::default();
        texts.iter().for_each(|text| kept.push(text));
        for (at, text) in (0..).zip(&texts) {
            assert_eq!(kept.get(at), if text.len() > MAX_BYTES { "" } else { text });
        }
        assert_eq!((kept.len(), kept.get(100)), (100, ""));
    }
}
