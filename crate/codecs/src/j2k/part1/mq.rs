//! The MQ decoder (15444-1 annex C), arranged for speed.
//!
//! ```text
//!       63          48 47                              0
//!   c   [ C, high half ][ bits that come next  | 0 ... 0 ]     `left` bits are ready below bit 48
//!   a   [ A            ][ 0 ...                        0 ]     normalised: bit 63 is set
//! ```
//!
//! The standard fetches a byte whenever eight bits are used up, and treats the bits that are stuffed
//! behind an FF byte there and then. Here a segment is freed of stuffed bits first, so that the
//! decoder takes 32 bits at once. What a symbol does to A, C and its context is computed without
//! branches: of two symbols one is a surprise, and a wrong guess of the processor's costs more than
//! all of that. Only where most symbols come as expected (`LIKELY`) those that need no
//! renormalisation are left early.

use std::hint::select_unpredictable;

/// Where A and the high half of C begin.
const HIGH: u32 = 48;
/// The bits of a state that are Qe.
const QE: u64 = !0 << HIGH;

/// Table C.2: Qe, next state after the more and the less probable symbol, and whether the sense of
/// the more probable symbol changes.
pub(crate) const STATES: [(u16, u8, u8, bool); 47] = [
    (0x5601, 1, 1, true),
    (0x3401, 2, 6, false),
    (0x1801, 3, 9, false),
    (0x0AC1, 4, 12, false),
    (0x0521, 5, 29, false),
    (0x0221, 38, 33, false),
    (0x5601, 7, 6, true),
    (0x5401, 8, 14, false),
    (0x4801, 9, 14, false),
    (0x3801, 10, 14, false),
    (0x3001, 11, 17, false),
    (0x2401, 12, 18, false),
    (0x1C01, 13, 20, false),
    (0x1601, 29, 21, false),
    (0x5601, 15, 14, true),
    (0x5401, 16, 14, false),
    (0x5101, 17, 15, false),
    (0x4801, 18, 16, false),
    (0x3801, 19, 17, false),
    (0x3401, 20, 18, false),
    (0x3001, 21, 19, false),
    (0x2801, 22, 19, false),
    (0x2401, 23, 20, false),
    (0x2201, 24, 21, false),
    (0x1C01, 25, 22, false),
    (0x1801, 26, 23, false),
    (0x1601, 27, 24, false),
    (0x1401, 28, 25, false),
    (0x1201, 29, 26, false),
    (0x1101, 30, 27, false),
    (0x0AC1, 31, 28, false),
    (0x09C1, 32, 29, false),
    (0x08A1, 33, 30, false),
    (0x0521, 34, 31, false),
    (0x0441, 35, 32, false),
    (0x02A1, 36, 33, false),
    (0x0221, 37, 34, false),
    (0x0141, 38, 35, false),
    (0x0111, 39, 36, false),
    (0x0085, 40, 37, false),
    (0x0049, 41, 38, false),
    (0x0025, 42, 39, false),
    (0x0015, 43, 40, false),
    (0x0009, 44, 41, false),
    (0x0005, 45, 42, false),
    (0x0001, 45, 43, false),
    (0x5601, 46, 46, false),
];

/// A context's state in one word: Qe from bit 48 up, from bit 8 by how much Qe is shifted to be
/// normalised, and from bit 0 its number: that in table C.2, twice, plus the more probable symbol.
const fn word(number: u64) -> u64 {
    let qe = STATES[(number / 2) as usize].0 as u64;
    qe << HIGH | ((qe as u16).leading_zeros() as u64) << 8 | number
}

/// The words of the states after the more and the less probable symbol.
const NEXT: [u64; 256] = {
    let mut next = [0; 256];
    let mut number = 0;
    while number < 2 * STATES.len() as u64 {
        let (_, more, less, switch) = STATES[(number / 2) as usize];
        let symbol = number & 1;
        next[2 * number as usize] = word(2 * more as u64 + symbol);
        next[2 * number as usize + 1] = word(2 * less as u64 + (symbol ^ switch as u64));
        number += 1;
    }
    next
};

/// The state with the number `state` in table C.2, the more probable symbol being 0.
pub(crate) const fn initial(state: usize) -> u64 {
    word(2 * state as u64)
}

/// One word for each context; there are nineteen (table D.7), rounded up so that a masked index
/// needs no check.
pub(crate) type Contexts = [u64; 32];

/// A decoder in the middle of a segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mq<'a> {
    a: u64,
    c: u64,
    left: u32,
    rest: &'a [u8],
    /// How often 32 ones were taken behind the end.
    made_up: u32,
}

impl<'a> Mq<'a> {
    /// Begins a segment freed of stuffed bits (INITDEC).
    pub(crate) fn new(bits: &'a [u8]) -> Self {
        let mut mq = Self { a: 0x8000 << HIGH, c: 0, left: 0, rest: bits, made_up: 0 };
        // C begins with the first fifteen bits.
        mq.c = u64::from(mq.next()) << (HIGH + 15 - 32);
        mq.left = 32 - 15;
        mq
    }

    /// The next 32 bits; behind the end they are ones (C.3.4).
    #[inline(always)]
    fn next(&mut self) -> u32 {
        match self.rest.split_first_chunk::<4>() {
            Some((&four, rest)) => {
                self.rest = rest;
                u32::from_be_bytes(four)
            }
            None => {
                self.made_up = self.made_up.saturating_add(1);
                u32::MAX
            }
        }
    }

    /// Has the segment come to its end long ago? An encoder may leave out ones at the end, but not
    /// that many.
    pub(crate) fn exhausted(&self) -> bool {
        self.made_up > 4
    }

    /// Decodes a symbol (DECODE). `LIKELY`: that it is the more probable one can be foreseen.
    #[inline(always)]
    pub(crate) fn decode<const LIKELY: bool>(
        &mut self,
        contexts: &mut Contexts,
        context: u8,
    ) -> u64 {
        let context = usize::from(context) & 31;
        let state = contexts[context];
        let qe = state & QE;
        let a = self.a - qe;
        let c = self.c.wrapping_sub(qe);
        if LIKELY && a >> 63 != 0 && self.c >= qe {
            self.a = a;
            self.c = c;
            return state & 1;
        }
        let (symbol, next) = self.renormalise(state, qe, a, c);
        contexts[context] = next;
        symbol
    }

    /// Decodes a symbol in the first one of three states, the second, or the third. They stay in
    /// registers: that of a context in memory cannot be read again until it has been written.
    #[inline(always)]
    pub(crate) fn decode_among(&mut self, states: &mut [u64; 3], first: bool, second: bool) -> u64 {
        let [x, y, z] = *states;
        let state = select_unpredictable(first, x, select_unpredictable(second, y, z));
        let qe = state & QE;
        let (symbol, next) = self.renormalise(state, qe, self.a - qe, self.c.wrapping_sub(qe));
        *states = [
            select_unpredictable(first, next, x),
            select_unpredictable(!first & second, next, y),
            select_unpredictable(first | second, z, next),
        ];
        symbol
    }

    /// The symbol, and the context's next state. `a` and `c` are less Qe already.
    #[inline(always)]
    fn renormalise(&mut self, state: u64, qe: u64, a: u64, c: u64) -> (u64, u64) {
        // C lies in the lower interval, which has the length Qe.
        let lower = self.c < qe;
        // The lower interval is the longer one, and so the more probable symbol's.
        let exchange = a < qe;
        let less = u64::from(lower) ^ u64::from(exchange);
        let a = select_unpredictable(lower, qe, a);
        let c = select_unpredictable(lower, self.c, c);
        let next = NEXT[((state & 127) << 1 | less) as usize];
        let next = select_unpredictable(a >> 63 == 0, next, state);
        let shift = a.leading_zeros() & 63;
        self.a = a << shift;
        self.c = c << shift;
        self.left = self.left.wrapping_sub(shift);
        // At most fifteen bits are used at once.
        if self.left < 15 {
            let next = u64::from(self.next());
            self.c |= next << (HIGH - 32 - self.left);
            self.left += 32;
        }
        ((state ^ less) & 1, next)
    }
}

/// Appends a segment's bytes to `bits`, freed of the bits stuffed behind FF bytes. `segment` are its
/// pieces in different layers.
pub(crate) fn unstuff<'a>(segment: impl Iterator<Item = &'a [u8]>, bits: &mut Vec<u8>) {
    bits.clear();
    let (mut window, mut count) = (0_u64, 0_u32);
    let mut after_ff = false;
    'all: for piece in segment {
        let mut piece = piece;
        while let Some((&byte, mut rest)) = piece.split_first() {
            if after_ff {
                // A marker: the segment's end (C.3.4).
                if byte > 0x8F {
                    break 'all;
                }
                // Seven bits, and the eighth is a carry.
                window = (window << 7) + u64::from(byte);
                count += 7;
                if window >> count != 0 {
                    window &= (1 << count) - 1;
                    carry(bits);
                }
                after_ff = byte == 0xFF;
            } else if let Some((&four, after)) = piece.split_first_chunk::<4>()
                && !has_ff(u32::from_be_bytes(four))
            {
                window = window << 32 | u64::from(u32::from_be_bytes(four));
                count += 32;
                rest = after;
            } else {
                window = window << 8 | u64::from(byte);
                count += 8;
                after_ff = byte == 0xFF;
            }
            piece = rest;
            if count >= 32 {
                count -= 32;
                bits.extend_from_slice(&((window >> count) as u32).to_be_bytes());
                window &= (1 << count) - 1;
            }
        }
    }
    // Ones up to the next multiple of 32 bits, and some more.
    let filled = window << 32 | 0xFFFF_FFFF;
    bits.extend_from_slice(&((filled >> count) as u32).to_be_bytes());
}

/// Is one of the bytes FF?
fn has_ff(four: u32) -> bool {
    (!four).wrapping_sub(0x0101_0101) & four & 0x8080_8080 != 0
}

/// Adds one to the last bit. All carries together touch no more bytes than there are.
fn carry(bits: &mut [u8]) {
    for byte in bits.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}
