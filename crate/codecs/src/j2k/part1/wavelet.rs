//! The inverse wavelet transforms (15444-1 annex F), by lifting, whole rows at once.
//!
//! ```text
//!   LL HL                 rows: low + high, lifted, then interleaved      columns: rows lifted
//!   LH HH   ──▶  L H L H …  ──▶  each row is where it belongs      ──▶    with rows next to them
//! ```

use super::size::Area;
use crate::CodecError;
use crate::frame::zeros;

/// A wavelet, as the steps that undo it; even samples first, then odd ones, and so on in turn.
pub(crate) trait Wavelet {
    type Sample: Copy + Default;
    const STEPS: usize;
    /// Undoes a step: `a` and `b` are the samples on both sides.
    fn step(step: usize, sample: Self::Sample, a: Self::Sample, b: Self::Sample) -> Self::Sample;
    /// What comes before the steps.
    fn scale(odd: bool, sample: Self::Sample) -> Self::Sample;
    /// A signal of one sample, and that at an odd place (F.3.6).
    fn half(sample: Self::Sample) -> Self::Sample;
}

/// 5/3, reversible (F.3.8.2).
#[derive(Debug)]
pub(crate) struct Reversible;

impl Wavelet for Reversible {
    type Sample = i32;
    const STEPS: usize = 2;
    #[inline(always)]
    fn step(step: usize, sample: i32, a: i32, b: i32) -> i32 {
        let sum = a.wrapping_add(b);
        if step == 0 {
            sample.wrapping_sub(sum.wrapping_add(2) >> 2)
        } else {
            sample.wrapping_add(sum >> 1)
        }
    }
    #[inline(always)]
    fn scale(_: bool, sample: i32) -> i32 {
        sample
    }
    fn half(sample: i32) -> i32 {
        sample / 2
    }
}

/// 9/7, irreversible (F.3.8.1, table F.4).
#[derive(Debug)]
pub(crate) struct Irreversible;

impl Wavelet for Irreversible {
    type Sample = f32;
    const STEPS: usize = 4;
    #[inline(always)]
    fn step(step: usize, sample: f32, a: f32, b: f32) -> f32 {
        const FACTORS: [f32; 4] = [-0.443_506_85, -0.882_911_1, 0.052_980_12, 1.586_134_3];
        sample + FACTORS[step & 3] * (a + b)
    }
    #[inline(always)]
    fn scale(odd: bool, sample: f32) -> f32 {
        const K: f32 = 1.230_174_1;
        sample * if odd { 1.0 / K } else { K }
    }
    fn half(sample: f32) -> f32 {
        sample / 2.0
    }
}

/// The four sub-bands that make a resolution, row by row; LL first, then HL, LH, HH.
#[derive(Debug)]
pub(crate) struct Bands<T> {
    pub(crate) ll: Vec<T>,
    pub(crate) hl: Vec<T>,
    pub(crate) lh: Vec<T>,
    pub(crate) hh: Vec<T>,
}

/// Puts the sub-bands together to the samples of `area` (`2D_SR`).
pub(crate) fn synthesise<W: Wavelet>(
    mut bands: Bands<W::Sample>,
    area: &Area,
) -> Result<Vec<W::Sample>, CodecError> {
    let (width, height) = (area.width(), area.height());
    let mut out = zeros(width * height)?;
    if area.is_empty() {
        return Ok(out);
    }
    let (odd_left, odd_top) = (area.left & 1, area.top & 1);
    let low_width = (width + 1 - odd_left as usize) / 2;
    let high_width = width - low_width;
    for (y, row) in out.chunks_exact_mut(width).enumerate() {
        let from = y / 2;
        let (low, high) = if y & 1 == odd_top as usize {
            (&mut bands.ll, &mut bands.hl)
        } else {
            (&mut bands.lh, &mut bands.hh)
        };
        let low = low.get_mut(from * low_width..(from + 1) * low_width).unwrap_or_default();
        let high = high.get_mut(from * high_width..(from + 1) * high_width).unwrap_or_default();
        across::<W>(low, high, odd_left != 0);
        if odd_left == 0 {
            interleave(row, low, high);
        } else {
            interleave(row, high, low);
        }
    }
    down::<W>(&mut out, width, height, odd_top != 0);
    Ok(out)
}

fn interleave<T: Copy>(row: &mut [T], first: &[T], second: &[T]) {
    let (pairs, last) = row.as_chunks_mut::<2>();
    for ((pair, &a), &b) in pairs.iter_mut().zip(first).zip(second) {
        *pair = [a, b];
    }
    if let ([last], Some(&a)) = (last, first.last()) {
        *last = a;
    }
}

/// Lifts a row whose samples at even and odd places are apart (`1D_SR`).
fn across<W: Wavelet>(low: &mut [W::Sample], high: &mut [W::Sample], odd: bool) {
    match (&mut *low, &mut *high) {
        ([_], []) => return,
        ([], [only]) => {
            *only = W::half(*only);
            return;
        }
        _ => {}
    }
    low.iter_mut().for_each(|sample| *sample = W::scale(false, *sample));
    high.iter_mut().for_each(|sample| *sample = W::scale(true, *sample));
    for step in 0..W::STEPS {
        if step & 1 == 0 {
            lift::<W>(step, low, high, !odd);
        } else {
            lift::<W>(step, high, low, odd);
        }
    }
}

/// One step. The samples next to `samples[i]` are `others[i - 1]` and `others[i]`, if the row begins
/// with one of `samples`, or else `others[i]` and `others[i + 1]`; the row goes on mirrored at both
/// ends.
#[inline(always)]
fn lift<W: Wavelet>(step: usize, samples: &mut [W::Sample], others: &[W::Sample], begins: bool) {
    let (Some(&first), Some(&last)) = (others.first(), others.last()) else { return };
    let samples = if begins {
        let Some((sample, rest)) = samples.split_first_mut() else { return };
        *sample = W::step(step, *sample, first, first);
        rest
    } else {
        samples
    };
    let both = samples.len().min(others.len() - 1);
    let (inner, end) = samples.split_at_mut(both);
    let next = others.get(1..).unwrap_or_default();
    for ((sample, &a), &b) in inner.iter_mut().zip(others).zip(next) {
        *sample = W::step(step, *sample, a, b);
    }
    if let [sample] = end {
        *sample = W::step(step, *sample, last, last);
    }
}

/// Lifts all columns.
fn down<W: Wavelet>(samples: &mut [W::Sample], width: usize, height: usize, odd: bool) {
    if height == 1 {
        if odd {
            samples.iter_mut().for_each(|sample| *sample = W::half(*sample));
        }
        return;
    }
    for (y, row) in samples.chunks_exact_mut(width).enumerate() {
        let odd = (y & 1 != 0) != odd;
        row.iter_mut().for_each(|sample| *sample = W::scale(odd, *sample));
    }
    for step in 0..W::STEPS {
        let first = (step & 1) ^ usize::from(odd);
        for y in (first..height).step_by(2) {
            let (above, rest) = samples.split_at_mut(y * width);
            let (row, below) = rest.split_at_mut(width);
            let above = above.get(above.len().wrapping_sub(width)..).unwrap_or_default();
            let below = below.get(..width).unwrap_or_default();
            let (a, b) = match (above, below) {
                ([], b) => (b, b),
                (a, []) => (a, a),
                both => both,
            };
            for ((sample, &a), &b) in row.iter_mut().zip(a).zip(b) {
                *sample = W::step(step, *sample, a, b);
            }
        }
    }
}
