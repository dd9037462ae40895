//! How often each whole HU occurs.

use crate::{Error, error::try_vec};

/// `i16` has so many values.
pub(crate) const VALUES: usize = 1 << 16;

/// A count for each of the values of `i16`.
#[derive(Debug, Clone)]
pub(crate) struct Counts(Vec<u64>);

impl Counts {
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn none() -> Result<Self, Error> {
        Ok(Self(try_vec(0, VALUES, "a histogram")?))
    }

    #[inline]
    pub(crate) fn add(&mut self, hu: i16) {
        // The values in their order, from 0.
        if let Some(count) = self.0.get_mut(usize::from(hu.cast_unsigned() ^ 1 << 15)) {
            *count += 1;
        }
    }

    /// Counts a value so many times; what lies beyond `i16` counts at its end.
    #[inline]
    pub(crate) fn add_many(&mut self, hu: i32, times: u64) {
        if let Some(count) = self.0.get_mut(index(hu)) {
            *count += times;
        }
    }

    /// Takes over all that `other` counted.
    pub(crate) fn join(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(&other.0) {
            *count += more;
        }
    }

    /// The counts, lowest value first.
    pub(crate) fn as_slice(&self) -> &[u64] {
        &self.0
    }

    /// The values that occur, lowest first, and how often.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i16, u64)> {
        (i16::MIN..=i16::MAX).zip(self.0.iter().copied()).filter(|(_, count)| *count > 0)
    }
}

/// Where the count of a value lies.
#[inline]
pub(crate) fn index(hu: i32) -> usize {
    (hu.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) - i32::from(i16::MIN)) as usize
}
