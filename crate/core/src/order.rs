//! One sort for everything that is short: the standard library's is five kilobytes of wasm for each
//! type and each comparison.

use std::cmp::Ordering;

use crate::{Error, error::try_with_capacity};

/// Orders indices as `compare` does; of equal ones the lower comes first.
pub(crate) fn order(indices: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    indices.sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
}

/// The indices of all sizes of at least `least`, largest first; of equal ones the lower first.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(crate) fn largest_first(sizes: &[usize], least: usize) -> Result<Vec<usize>, Error> {
    let is_in = |size: &usize| *size >= least;
    let count = sizes.iter().filter(|size| is_in(size)).count();
    let mut found = try_with_capacity(count, "an order")?;
    found.extend((0..).zip(sizes).filter(|(_, size)| is_in(size)).map(|(id, _)| id));
    order(&mut found, &|a, b| sizes.get(b).cmp(&sizes.get(a)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_stay_in_their_places() {
        assert_eq!(largest_first(&[3, 9, 3, 0, 9], 0).unwrap(), [1, 4, 0, 2, 3]);
        assert_eq!(largest_first(&[3, 9, 3, 0, 9], 4).unwrap(), [1, 4]);
        assert!(largest_first(&[], 0).unwrap().is_empty());
        let mut all = [2, 0, 1];
        order(&mut all, &|_, _| Ordering::Equal);
        assert_eq!(all, [0, 1, 2]);
    }
}
