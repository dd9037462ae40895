//! Where the decisions of a pass come from: the arithmetic decoder, or bits as they are.

use super::mq::{Contexts, Mq};

/// A source of decisions.
pub(crate) trait Source {
    /// The next decision. `LIKELY`: most of them come out as expected.
    fn decide<const LIKELY: bool>(&mut self, context: u8) -> u64;
    /// Is a coefficient negative? `entry` is one of `SIGNS`.
    fn sign(&mut self, entry: u8) -> u64;
    /// A refinement: was the coefficient refined before, or else, has it significant neighbours?
    /// `states` are those that `take` gave.
    fn refine(&mut self, states: &mut [u64; 3], again: bool, near: bool) -> u64;
    /// The states of the refinement contexts. A pass has no others, and keeps them by itself.
    fn take(&self) -> [u64; 3];
    /// Takes them back.
    fn put(&mut self, states: [u64; 3]);
}

/// The arithmetic decoder (annex C).
pub(crate) struct Arithmetic<'a, 'b> {
    pub(crate) mq: Mq<'a>,
    pub(crate) contexts: &'b mut Contexts,
}

impl Source for Arithmetic<'_, '_> {
    #[inline(always)]
    fn decide<const LIKELY: bool>(&mut self, context: u8) -> u64 {
        self.mq.decode::<LIKELY>(self.contexts, context)
    }
    #[inline(always)]
    fn sign(&mut self, entry: u8) -> u64 {
        self.decide::<false>(entry & 31) ^ u64::from(entry >> 7)
    }
    #[inline(always)]
    fn refine(&mut self, states: &mut [u64; 3], again: bool, near: bool) -> u64 {
        self.mq.decode_among(states, again, near)
    }
    fn take(&self) -> [u64; 3] {
        [self.contexts[16], self.contexts[15], self.contexts[14]]
    }
    fn put(&mut self, states: [u64; 3]) {
        [self.contexts[16], self.contexts[15], self.contexts[14]] = states;
    }
}

/// Bits as they are (D.6). After an FF byte the next one has seven.
pub(crate) struct Raw<'a> {
    bits: &'a [u8],
    byte: u8,
    left: u32,
}

impl<'a> Raw<'a> {
    pub(crate) fn new(bits: &'a [u8]) -> Self {
        Self { bits, byte: 0, left: 0 }
    }

    fn bit(&mut self) -> u64 {
        if self.left == 0 {
            self.left = if self.byte == 0xFF { 7 } else { 8 };
            // The standard does not say what is behind the end; for the arithmetic decoder it is ones.
            (self.byte, self.bits) = match self.bits.split_first() {
                Some((&byte, rest)) => (byte, rest),
                None => (0xFF, self.bits),
            };
        }
        self.left -= 1;
        u64::from(self.byte >> self.left & 1)
    }
}

impl Source for Raw<'_> {
    fn decide<const LIKELY: bool>(&mut self, _: u8) -> u64 {
        self.bit()
    }
    fn sign(&mut self, _: u8) -> u64 {
        self.bit()
    }
    fn refine(&mut self, _: &mut [u64; 3], _: bool, _: bool) -> u64 {
        self.bit()
    }
    fn take(&self) -> [u64; 3] {
        [0; 3]
    }
    fn put(&mut self, _: [u64; 3]) {}
}
