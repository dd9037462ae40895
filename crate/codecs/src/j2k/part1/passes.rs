//! The three passes over a bit plane of a code block (15444-1 D.3).
//!
//! Blocks are walked in stripes of four rows, column by column. Two kinds of bits say what is known:
//!
//! ```text
//!   a mask: 16 columns of a stripe      a column's word: 3 × 6 neighbours       bit of each
//!   row 0   0 4  8 ...  60              row above    W  own  E                  0  1  2
//!   row 1   1 5  9 ...  61              row 0        W  own  E                  3  4  5
//!   row 2   2 6 10 ...  62              ...
//!   row 3   3 7 11 ...  63              row below    W  own  E                 15 16 17
//! ```
//!
//! From the masks comes which coefficients a pass has to do with: bits in the order of the walk, so
//! that the next one is a count of zeros, not a branch at each. From a column's word, shifted to a
//! row, comes a coefficient's context, by a table.

use super::{
    source::Source,
    tables::{Band, RUN, SIGNS, UNIFORM, significance},
};

/// The most coefficients of a code block (table A.18).
pub(crate) const MAX_AREA: usize = 4096;
/// Words, with a border all around: at most 1026 × 3, for a block of 1024 × 4.
const WORDS: usize = 4096;
/// Masks, with a border all around: at most 2 × 258 and one, for a block of 4 × 1024.
const MASKS: usize = 1024;
/// Columns of a mask.
const COLUMNS: usize = 16;

/// In a mask, all coefficients of row 0.
const ROW_0: u64 = 0x1111_1111_1111_1111;
const ROW_3: u64 = ROW_0 << 3;
/// The coefficients that are next to one in row 0, 1, 2 or 3 of the first column, and come after it.
const LATER: [u64; 4] = [0b0011_0010, 0b0111_0100, 0b1110_1000, 0b1100_0000];
/// In a word, the significance of row 0's own coefficient; from bit 32 up, which are negative.
const OWN: u32 = 4;
const NEGATIVE: u32 = 32;
/// The neighbours of row 0's coefficient.
const AROUND: u64 = 0o757;

/// A code block's coefficients, as far as they are decoded.
#[derive(Debug)]
pub(crate) struct Coefficients {
    /// Column by column of a stripe, one stripe after the other: a sign in the highest bit, the
    /// magnitude from bit 1 up, and below its last decoded bit a one: half of what is not known.
    values: [u32; MAX_AREA],
    words: [u64; WORDS],
    /// Which coefficients are significant.
    significant: [u64; MASKS],
    /// Which were coded in this bit plane's significance propagation pass.
    coded: [u64; MASKS],
    table: &'static [u8; 512],
    width: usize,
    height: usize,
    /// Are stripes told of the one below? All ones, or zeros if contexts are vertically causal (D.7).
    upwards: u64,
}

/// A place in the walk: sixteen columns of a stripe.
struct Group {
    /// Where its mask is, its first column's word, and its first value.
    mask: usize,
    word: usize,
    value: usize,
    /// The coefficients that there are.
    inside: u64,
}

impl Coefficients {
    pub(crate) fn new() -> Box<Self> {
        Box::new(Self {
            values: [0; MAX_AREA],
            words: [0; WORDS],
            significant: [0; MASKS],
            coded: [0; MASKS],
            table: significance(Band::LL),
            width: 0,
            height: 0,
            upwards: !0,
        })
    }

    /// Begins a block. `false`: it is too large.
    pub(crate) fn begin(
        &mut self,
        width: usize,
        height: usize,
        table: &'static [u8; 512],
        causal: bool,
    ) -> bool {
        let stripes = height.div_ceil(4);
        let words = (width + 2) * (stripes + 2);
        let masks = (width.div_ceil(COLUMNS) + 1) * (stripes + 2) + 1;
        let values = width * stripes * 4;
        if words > WORDS || masks > MASKS || values > MAX_AREA {
            return false;
        }
        self.words.iter_mut().take(words).for_each(|word| *word = 0);
        self.significant.iter_mut().take(masks).for_each(|mask| *mask = 0);
        self.coded.iter_mut().take(masks).for_each(|mask| *mask = 0);
        self.values.iter_mut().take(values).for_each(|value| *value = 0);
        (self.width, self.height, self.table) = (width, height, table);
        self.upwards = if causal { 0 } else { !0 };
        true
    }

    /// The values, in columns of four: those of the first stripe from left to right, then those of
    /// the next.
    pub(crate) fn columns(&self) -> &[[u32; 4]] {
        self.values.as_chunks().0
    }

    /// Masks of a stripe, and one between it and the next.
    fn pitch(&self) -> usize {
        self.width.div_ceil(COLUMNS) + 1
    }

    /// Does something for each group, in the order of the walk.
    #[inline(always)]
    fn walk(&mut self, mut each: impl FnMut(&mut Self, Group)) {
        let (width, height, pitch) = (self.width, self.height, self.pitch());
        for stripe in 0..height.div_ceil(4) {
            let rows = match height - 4 * stripe {
                1 => ROW_0,
                2 => ROW_0 * 0b11,
                3 => ROW_0 * 0b111,
                _ => !0,
            };
            for x in (0..width).step_by(COLUMNS) {
                let group = Group {
                    mask: (stripe + 1) * pitch + x / COLUMNS + 1,
                    word: (stripe + 1) * (width + 2) + x + 1,
                    value: (stripe * width + x) * 4,
                    inside: match width - x {
                        columns @ 1..COLUMNS => rows & !(!0 << (4 * columns)),
                        _ => rows,
                    },
                };
                each(self, group);
            }
        }
    }

    /// Those with a significant neighbour, or significant themselves.
    #[inline(always)]
    fn near(&self, group: &Group) -> u64 {
        let pitch = self.pitch();
        let column = |at: usize| {
            let mask = |at: usize| self.significant[at & (MASKS - 1)];
            let here = mask(at);
            let below = mask(at + pitch) & self.upwards;
            here | here << 1 & !ROW_0
                | here >> 1 & !ROW_3
                | mask(at.wrapping_sub(pitch)) >> 3 & ROW_0
                | below << 3 & ROW_3
        };
        let here = column(group.mask);
        here | here << 4 | here >> 4 | column(group.mask - 1) >> 60 | column(group.mask + 1) << 60
    }

    /// The significance propagation pass (D.3.1).
    #[inline(never)]
    pub(crate) fn propagate<S: Source>(&mut self, source: &mut S, plane: u32) {
        self.walk(|this, group| {
            let near = this.near(&group);
            let significant = this.significant[group.mask & (MASKS - 1)];
            let free = group.inside & !significant;
            let mut todo = near & free;
            let mut coded = todo;
            let mut found = 0;
            while todo != 0 {
                let at = todo.trailing_zeros();
                todo &= todo - 1;
                let (context, sign) = this.contexts(&group, at);
                if source.decide::<false>(context) != 0 {
                    this.found(source, &group, at, plane, sign);
                    found |= 1 << at;
                    // Those that come later have a significant neighbour now.
                    let more = LATER[at as usize & 3] << (at & !3) & free;
                    todo |= more;
                    coded |= more;
                }
            }
            this.significant[group.mask & (MASKS - 1)] = significant | found;
            this.coded[group.mask & (MASKS - 1)] = coded;
        });
    }

    /// The magnitude refinement pass (D.3.3).
    #[inline(never)]
    pub(crate) fn refine<S: Source>(&mut self, source: &mut S, plane: u32) {
        let mut states = source.take();
        self.walk(|this, group| {
            let mask = group.mask & (MASKS - 1);
            let mut todo = this.significant[mask] & !this.coded[mask];
            while todo != 0 {
                let at = todo.trailing_zeros();
                todo &= todo - 1;
                let word = this.words[(group.word + at as usize / 4) & (WORDS - 1)];
                let value = &mut this.values[(group.value + at as usize) & (MAX_AREA - 1)];
                // Table D.4. What became significant a bit plane ago has that bit only, and the half.
                let again = *value & 0x7FFF_FFFF != 3 << plane;
                let near = word >> (at % 4 * 3) & AROUND != 0;
                let bit = source.refine(&mut states, again, near) as u32;
                // The half moves down, and where it was is the new bit.
                *value ^= (3 - 2 * bit) << plane >> 1;
            }
        });
        source.put(states);
    }

    /// The cleanup pass (D.3.4).
    #[inline(never)]
    pub(crate) fn clean<S: Source>(&mut self, source: &mut S, plane: u32) {
        self.walk(|this, group| {
            let mask = group.mask & (MASKS - 1);
            let (significant, coded) = (this.significant[mask], this.coded[mask]);
            let mut todo = group.inside & !(significant | coded);
            this.coded[mask] = 0;
            if todo == 0 {
                return;
            }
            let near = this.near(&group);
            // Columns of four that are likely to stay as they are (table D.5): bits as in row 0.
            let quiet = todo & !near;
            let mut quiet = quiet & quiet >> 1 & quiet >> 2 & quiet >> 3 & ROW_0;
            let mut found = 0;
            while todo != 0 {
                let mut at = todo.trailing_zeros();
                if quiet >> at & 1 != 0 {
                    if source.decide::<true>(RUN) == 0 {
                        todo &= !(0b1111 << at);
                        continue;
                    }
                    at += (source.decide::<false>(UNIFORM) << 1) as u32;
                    at += source.decide::<false>(UNIFORM) as u32;
                    todo &= !1 << at;
                } else {
                    todo &= todo - 1;
                    if source.decide::<true>(this.contexts(&group, at).0) == 0 {
                        continue;
                    }
                }
                let (_, sign) = this.contexts(&group, at);
                this.found(source, &group, at, plane, sign);
                found |= 1 << at;
                quiet &= !(1 << (at & !3) << 4);
            }
            this.significant[mask] = significant | found;
        });
    }

    /// The context for whether a coefficient becomes significant, and `SIGNS` for its sign. Both at
    /// once: when it does, which nobody can foresee, the second is there already.
    #[inline(always)]
    fn contexts(&self, group: &Group, at: u32) -> (u8, u8) {
        let word = self.words[(group.word + at as usize / 4) & (WORDS - 1)] >> (at % 4 * 3);
        let context = self.table[(word & AROUND) as usize & 511];
        let signs = word & 0o252 | word >> (NEGATIVE + 1) & 0o125;
        (context, SIGNS[signs as usize & 255])
    }

    /// A coefficient became significant: decodes its sign (D.3.2), and tells its neighbours.
    #[inline(always)]
    fn found<S: Source>(&mut self, source: &mut S, group: &Group, at: u32, plane: u32, sign: u8) {
        let negative = source.sign(sign);
        self.values[(group.value + at as usize) & (MAX_AREA - 1)] =
            3 << plane >> 1 | (negative as u32) << 31;
        let own = (1 | negative << NEGATIVE) << (at % 4 * 3 + OWN);
        let column = group.word + at as usize / 4;
        let pitch = self.width + 2;
        // Of rows other than the first one or the last one this sets bits that nobody reads.
        self.tell(column.wrapping_sub(pitch), own << 12 & self.upwards);
        self.tell(column, own);
        self.tell(column + pitch, own >> 12);
    }

    /// Sets bits in a column's word and in those beside it.
    #[inline(always)]
    fn tell(&mut self, column: usize, own: u64) {
        self.words[column.wrapping_sub(1) & (WORDS - 1)] |= own << 1;
        self.words[column & (WORDS - 1)] |= own;
        self.words[(column + 1) & (WORDS - 1)] |= own >> 1;
    }
}
