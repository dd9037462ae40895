//! The contexts of the coefficient bits (15444-1 D.3).

/// Which sub-band: horizontal low- or high-pass, then vertical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Band {
    LL,
    HL,
    LH,
    HH,
}

/// The run-length context and the uniform one (table D.7).
pub(crate) const RUN: u8 = 17;
pub(crate) const UNIFORM: u8 = 18;

/// Contexts 0 to 8 of table D.1, by the significance of the eight neighbours: bits 0 to 2 are the
/// row above, 3 and 5 left and right, 6 to 8 the row below.
pub(crate) fn significance(band: Band) -> &'static [u8; 512] {
    static LOW: [u8; 512] = zero_coding(Band::LL);
    static HIGH_LOW: [u8; 512] = zero_coding(Band::HL);
    static HIGH: [u8; 512] = zero_coding(Band::HH);
    match band {
        Band::LL | Band::LH => &LOW,
        Band::HL => &HIGH_LOW,
        Band::HH => &HIGH,
    }
}

const fn zero_coding(band: Band) -> [u8; 512] {
    let mut table = [0; 512];
    let mut at = 0;
    while at < 512 {
        let horizontal = (at >> 3 & 1) + (at >> 5 & 1);
        let vertical = (at >> 1 & 1) + (at >> 7 & 1);
        let diagonal = (at & 1) + (at >> 2 & 1) + (at >> 6 & 1) + (at >> 8 & 1);
        table[at] = match band {
            Band::LL | Band::LH => along(horizontal, vertical, diagonal),
            Band::HL => along(vertical, horizontal, diagonal),
            Band::HH => across(horizontal + vertical, diagonal),
        };
        at += 1;
    }
    table
}

/// The first two columns of table D.1.
const fn along(first: usize, second: usize, diagonal: usize) -> u8 {
    match (first, second, diagonal) {
        (2, _, _) => 8,
        (1, 1.., _) => 7,
        (1, 0, 1..) => 6,
        (1, 0, 0) => 5,
        (0, 2, _) => 4,
        (0, 1, _) => 3,
        (_, _, 2..) => 2,
        (_, _, 1) => 1,
        _ => 0,
    }
}

/// Its last column.
const fn across(sides: usize, diagonal: usize) -> u8 {
    match (diagonal, sides) {
        (3.., _) => 8,
        (2, 1..) => 7,
        (2, 0) => 6,
        (1, 2..) => 5,
        (1, 1) => 4,
        (1, 0) => 3,
        (_, 2..) => 2,
        (_, 1) => 1,
        _ => 0,
    }
}

/// Contexts 9 to 13 of table D.3, and in bit 7 whether the sign is to be turned round. Bits 1, 3, 5
/// and 7 of the index: is the neighbour above, left, right, below significant? One bit lower each:
/// is it negative?
pub(crate) static SIGNS: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let horizontal = limited(sign(at, 3) + sign(at, 5));
        let vertical = limited(sign(at, 1) + sign(at, 7));
        table[at] = match (horizontal, vertical) {
            (1, 1) => 13,
            (1, 0) => 12,
            (1, _) => 11,
            (0, 1) => 10,
            (0, 0) => 9,
            (0, _) => 10 | 0x80,
            (_, 1) => 11 | 0x80,
            (_, 0) => 12 | 0x80,
            _ => 13 | 0x80,
        };
        at += 1;
    }
    table
};

const fn sign(at: usize, bit: usize) -> i32 {
    match (at >> bit & 1, at >> (bit - 1) & 1) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => -1,
    }
}

const fn limited(sum: i32) -> i32 {
    sum.signum()
}
