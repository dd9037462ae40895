//! What JPEG-LS learns as it goes (T.87 annex A): contexts, and the codes they choose.

use super::bits::Bits;

/// The lengths of run segments, as powers of two (A.2.1, table J).
const RUN_POWERS: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];

/// The parameters of a scan, from its markers or by default (C.2.4.1.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters {
    pub(crate) maximum: i32,
    pub(crate) near: i32,
    pub(crate) thresholds: [i32; 3],
    pub(crate) reset: i32,
}

impl Parameters {
    /// The defaults for samples up to `maximum` with an error of at most `near`.
    pub(crate) fn new(maximum: i32, near: i32) -> Self {
        let clamp = |value: i32, low: i32| if value > maximum || value < low { low } else { value };
        let thresholds = if maximum >= 128 {
            let factor = (maximum.min(4095) + 128) / 256;
            let first = clamp(factor + 2 + 3 * near, near + 1);
            let second = clamp(factor * 4 + 3 + 5 * near, first);
            [first, second, clamp(factor * 17 + 4 + 7 * near, second)]
        } else {
            let factor = 256 / (maximum + 1);
            let first = clamp((3 / factor + 3 * near).max(2), near + 1);
            let second = clamp((7 / factor + 5 * near).max(3), first);
            [first, second, clamp((21 / factor + 7 * near).max(4), second)]
        };
        Self { maximum, near, thresholds, reset: 64 }
    }
}

/// One of the 365 contexts of regular mode (A.3, A.6).
#[derive(Debug, Clone, Copy)]
struct Context {
    /// Sum of the errors' magnitudes.
    a: i32,
    /// Sum of the errors, for the bias.
    b: i32,
    /// The correction of the prediction.
    c: i32,
    /// How often it was met.
    n: i32,
}

/// One of the two contexts at the end of a run (A.7.2).
#[derive(Debug, Clone, Copy)]
struct RunContext {
    a: i32,
    n: i32,
    negative: i32,
}

#[derive(Debug)]
pub(crate) struct Model {
    parameters: Parameters,
    range: i32,
    /// 2 NEAR + 1: how far apart coded errors are.
    scale: i32,
    /// Bits of an error that was too long for its code.
    escape_bits: u32,
    limit: u32,
    contexts: [Context; 365],
    runs: [RunContext; 2],
}

/// Golomb's parameter: the least k with n·2ᵏ ≥ a.
#[inline]
fn golomb(n: i32, a: i32) -> u32 {
    let mut k = 0;
    while k < 24 && (n << k) < a {
        k += 1;
    }
    k
}

impl Model {
    pub(crate) fn new(parameters: Parameters) -> Self {
        let scale = 2 * parameters.near + 1;
        let range = (parameters.maximum + 2 * parameters.near) / scale + 1;
        let bits = |values: i32| 32 - (values - 1).max(1).leading_zeros();
        let sample_bits = bits(parameters.maximum + 1).max(2);
        let a = ((range + 32) / 64).max(2);
        Self {
            parameters,
            range,
            scale,
            escape_bits: bits(range),
            limit: 2 * (sample_bits + sample_bits.max(8)),
            contexts: [Context { a, b: 0, c: 0, n: 1 }; 365],
            runs: [RunContext { a, n: 1, negative: 0 }; 2],
        }
    }

    pub(crate) fn near(&self) -> i32 {
        self.parameters.near
    }

    /// A gradient's class, −4 to 4 (A.3.3).
    #[inline]
    fn class(&self, gradient: i32) -> i32 {
        let size = gradient.abs();
        let [first, second, third] = self.parameters.thresholds;
        let class = i32::from(size > self.parameters.near)
            + i32::from(size >= first)
            + i32::from(size >= second)
            + i32::from(size >= third);
        if gradient < 0 { -class } else { class }
    }

    /// The context of three gradients, −364 to 364; 0 where all are flat.
    #[inline]
    pub(crate) fn context(&self, left: i32, up: i32, corner: i32, right: i32) -> i32 {
        (self.class(right - up) * 9 + self.class(up - corner)) * 9 + self.class(corner - left)
    }

    /// A coded error (A.5.3): zeros, a one, then k bits; or, after so many zeros, the error itself.
    #[inline]
    fn coded(&self, bits: &mut Bits<'_>, k: u32, limit: u32) -> Option<i32> {
        let longest = limit - self.escape_bits - 1;
        let zeros = bits.zeros(longest)?;
        Some(if zeros < longest {
            (zeros << k | bits.take(k.min(16))) as i32
        } else {
            bits.take(self.escape_bits) as i32 + 1
        })
    }

    /// A prediction and an error → the sample (A.4.5 turned round, A.8).
    #[inline]
    fn sample(&self, predicted: i32, error: i32) -> i32 {
        let (near, maximum) = (self.parameters.near, self.parameters.maximum);
        let value = predicted + error * self.scale;
        let wrapped = if value < -near {
            value + self.range * self.scale
        } else if value > maximum + near {
            value - self.range * self.scale
        } else {
            value
        };
        wrapped.clamp(0, maximum)
    }

    /// A sample in regular mode (A.4 to A.6); `None` when the data is damaged.
    #[inline]
    pub(crate) fn regular(
        &mut self,
        bits: &mut Bits<'_>,
        context: i32,
        left: i32,
        up: i32,
        corner: i32,
    ) -> Option<i32> {
        let sign = if context < 0 { -1 } else { 1 };
        let place = context.unsigned_abs() as usize;
        let mut state = *self.contexts.get(place)?;
        let predicted = if corner >= left.max(up) {
            left.min(up)
        } else if corner <= left.min(up) {
            left.max(up)
        } else {
            left + up - corner
        };
        let predicted = (predicted + sign * state.c).clamp(0, self.parameters.maximum);
        let k = golomb(state.n, state.a);
        let coded = self.coded(bits, k, self.limit)?;
        // Even codes are the errors from 0 up, odd ones those from −1 down; the other way round
        // where errors have been negative (A.5.2).
        let mut error = if coded & 1 == 0 { coded >> 1 } else { -((coded + 1) >> 1) };
        if self.parameters.near == 0 && k == 0 && 2 * state.b <= -state.n {
            error = -(error + 1);
        }
        // A real error is less than half the range; anything else would make the sums run away.
        if error.abs() > 65536 {
            return None;
        }
        state.b += error * self.scale;
        state.a += error.abs();
        if state.n == self.parameters.reset {
            state.a >>= 1;
            state.b >>= 1;
            state.n >>= 1;
        }
        state.n += 1;
        if state.b <= -state.n {
            state.b = (state.b + state.n).max(1 - state.n);
            state.c = (state.c - 1).max(-128);
        } else if state.b > 0 {
            state.b = (state.b - state.n).min(0);
            state.c = (state.c + 1).min(127);
        }
        *self.contexts.get_mut(place)? = state;
        Some(self.sample(predicted, sign * error))
    }

    /// How many samples repeat, of at most `left_in_line` (A.7.1), and whether the line ended with them.
    pub(crate) fn run(
        &self,
        bits: &mut Bits<'_>,
        index: &mut usize,
        left_in_line: usize,
    ) -> (usize, bool) {
        let power = |index: usize| RUN_POWERS.get(index).copied().unwrap_or(15);
        let mut length = 0;
        while bits.take(1) == 1 {
            let whole = 1_usize << power(*index);
            length += whole;
            if length <= left_in_line {
                *index = (*index + 1).min(31);
            }
            if length >= left_in_line {
                return (left_in_line, true);
            }
        }
        length += bits.take(power(*index)) as usize;
        (length, false)
    }

    /// The sample that ended a run (A.7.2). Where several components are interleaved by sample the
    /// kind is always the first (`alike` is false).
    pub(crate) fn after_run(
        &mut self,
        bits: &mut Bits<'_>,
        index: usize,
        left: i32,
        up: i32,
        alike: bool,
    ) -> Option<i32> {
        let kind = i32::from(alike);
        let place = usize::from(alike);
        let mut state = *self.runs.get(place)?;
        let k = golomb(state.n, state.a + if alike { state.n >> 1 } else { 0 });
        let power = RUN_POWERS.get(index).copied().unwrap_or(15);
        let coded = self.coded(bits, k, self.limit - power - 1)?;
        let folded = coded + kind;
        let odd = folded & 1 == 1;
        let size = (folded + 1) >> 1;
        if size > 65536 {
            return None;
        }
        let error = if (k != 0 || 2 * state.negative >= state.n) == odd { -size } else { size };
        state.negative += i32::from(error < 0);
        state.a += (coded + 1 - kind) >> 1;
        if state.n == self.parameters.reset {
            state.a >>= 1;
            state.n >>= 1;
            state.negative >>= 1;
        }
        state.n += 1;
        *self.runs.get_mut(place)? = state;
        let (predicted, sign) =
            if alike { (left, 1) } else { (up, if left > up { -1 } else { 1 }) };
        Some(self.sample(predicted, sign * error))
    }
}
