//! Shifting and spreading whole rows of bits.

/// Spreads every set bit by `reach` to both sides, in place, within `words`.
///
/// Doubling: after steps of 1, 2, 4 … bits a row has been OR-ed with all its shifts up to
/// 2 · reach to the left; one shift back centres it. `scratch` has room for the row and for the
/// bits that stick out on the left before the shift back.
pub(crate) fn spread(words: &mut [u64], reach: usize, scratch: &mut Vec<u64>) {
    match reach {
        0 => {}
        1..=63 => spread_by_few(words, reach, scratch),
        _ => {
            // Rare (a ball of over 63 voxels radius): a few strides of at most 63.
            let mut left = reach;
            while left > 0 {
                let stride = left.min(63);
                spread_by_few(words, stride, scratch);
                left -= stride;
            }
        }
    }
}

fn spread_by_few(words: &mut [u64], reach: usize, scratch: &mut Vec<u64>) {
    if reach == 1 {
        let mut before = 0;
        for index in 0..words.len() {
            let word = words[index];
            let after = words.get(index + 1).copied().unwrap_or(0);
            words[index] = word | word << 1 | before >> 63 | word >> 1 | after << 63;
            before = word;
        }
        return;
    }
    // Room for 2 * reach <= 126 bits above the row.
    scratch.clear();
    scratch.extend_from_slice(words);
    scratch.extend([0, 0]);
    let (mut covered, wanted) = (1, 2 * reach + 1);
    while covered < wanted {
        let step = covered.min(wanted - covered);
        or_shifted_up(scratch, step);
        covered += step;
    }
    let (offset, bits) = (reach / 64, reach % 64);
    for (index, word) in words.iter_mut().enumerate() {
        let low = scratch[index + offset];
        let high = scratch[index + offset + 1];
        *word = if bits == 0 { low } else { low >> bits | high << (64 - bits) };
    }
}

/// `row |= row << step`, towards higher x; `step` is below 128.
fn or_shifted_up(row: &mut [u64], step: usize) {
    let (offset, bits) = (step / 64, step % 64);
    for index in (offset..row.len()).rev() {
        let low = row[index - offset];
        let below = if index > offset { row[index - offset - 1] } else { 0 };
        row[index] |= if bits == 0 { low } else { low << bits | below >> (64 - bits) };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_bit_by_bit(words in prop::collection::vec(any::<u64>(), 1..5), reach in 0usize..140) {
            // Sparse rows tell more.
            let words: Vec<u64> = words.iter().map(|w| w & w.rotate_left(7) & w.rotate_left(19) & w.rotate_left(33)).collect();
            let get = |x: isize| x >= 0 && (x as usize) < words.len() * 64 && words[x as usize / 64] >> (x % 64) & 1 == 1;
            let mut fast = words.clone();
            spread(&mut fast, reach, &mut Vec::new());
            let reach = reach as isize;
            for x in 0..words.len() as isize * 64 {
                let slow = (x - reach..=x + reach).any(get);
                prop_assert_eq!(fast[x as usize / 64] >> (x % 64) & 1 == 1, slow, "x = {}", x);
            }
        }
    }
}
