//! The 3×3×3 neighbourhood of a voxel as a 27-bit mask, and connectivity inside it.
//!
//! Bit k = (dz + 1) · 9 + (dy + 1) · 3 + (dx + 1); the centre is bit 13, and bits below it come
//! earlier in raster order.

use wide::u32x4;

use crate::Neighbourhood;

/// Bits earlier in raster order than the centre.
pub(super) const BACK: u32 = (1 << 13) - 1;
/// Bits of the slice below.
pub(super) const PREVIOUS_SLICE: u32 = 0o777;
const FACES: u32 = 1 << 4 | 1 << 10 | 1 << 12 | 1 << 14 | 1 << 16 | 1 << 22;
/// The eight corners of the box.
pub(super) const CORNERS: u32 =
    1 | 1 << 2 | 1 << 6 | 1 << 8 | 1 << 18 | 1 << 20 | 1 << 24 | 1 << 26;
const ALL: u32 = (1 << 27) - 1;
const CENTRE: u32 = 1 << 13;

// Planes of the box that a shift must not cross: dx = −1, dx = +1, dy = −1, dy = +1.
const X_LOW: u32 = 0o111_111_111;
const X_HIGH: u32 = 0o444_444_444;
const Y_LOW: u32 = 0o007_007_007;
const Y_HIGH: u32 = 0o700_700_700;

/// Which neighbours count, and how paths between them may run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    neighbourhood: Neighbourhood,
    /// Neighbours in the sense of the neighbourhood.
    pub(super) eligible: u32,
}

impl Local {
    pub(super) fn new(neighbourhood: Neighbourhood) -> Self {
        let eligible = match neighbourhood {
            Neighbourhood::Faces6 | Neighbourhood::Plane4 => FACES,
            Neighbourhood::Edges18 => ALL & !CENTRE & !CORNERS,
            Neighbourhood::Corners26 | Neighbourhood::Plane8 => ALL & !CENTRE,
        };
        Self { neighbourhood, eligible }
    }

    /// Must corners be compared? With 6 neighbours a path inside the box may turn at an edge voxel,
    /// but corners cost more than the paths they would find.
    pub(super) fn compares_corners(self) -> bool {
        !matches!(self.neighbourhood, Neighbourhood::Faces6 | Neighbourhood::Plane4)
    }

    /// Every voxel of the box touching `set`, for one box.
    #[inline]
    fn grow(self, set: u32) -> u32 {
        let x = set | (set & !X_HIGH) << 1 | (set & !X_LOW) >> 1;
        match self.neighbourhood {
            Neighbourhood::Corners26 | Neighbourhood::Plane8 => {
                let xy = x | (x & !Y_HIGH) << 3 | (x & !Y_LOW) >> 3;
                xy | xy << 9 | xy >> 9
            }
            Neighbourhood::Edges18 => {
                let y = set | (set & !Y_HIGH) << 3 | (set & !Y_LOW) >> 3;
                let xy = x | (x & !Y_HIGH) << 3 | (x & !Y_LOW) >> 3;
                let xz_yz = x | y;
                xy | xz_yz << 9 | xz_yz >> 9
            }
            Neighbourhood::Faces6 | Neighbourhood::Plane4 => {
                x | (set & !Y_HIGH) << 3 | (set & !Y_LOW) >> 3 | set << 9 | set >> 9
            }
        }
    }

    /// The part of `higher` that paths inside the box join to `seed`.
    pub(super) fn flood(self, seed: u32, higher: u32) -> u32 {
        let mut set = seed;
        loop {
            let next = self.grow(set) & higher;
            if next == set {
                return set;
            }
            set = next;
        }
    }

    /// For every voxel of a row: `higher` (bits of higher voxels) becomes `link` (one neighbour bit
    /// to hang on, 0 for a maximum) and `rest` (neighbours that a few rounds of growing did not
    /// join to the link; 0 proves that all are one set).
    ///
    /// Slices are of one length, a multiple of 4. `back` are the bits that come earlier and whose
    /// labels are known.
    pub(super) fn links(self, higher: &[u32], back: u32, link: &mut [u32], rest: &mut [u32]) {
        match self.neighbourhood {
            Neighbourhood::Corners26 | Neighbourhood::Plane8 => {
                self.links_with::<3>(higher, back, link, rest, grow26);
            }
            Neighbourhood::Edges18 => self.links_with::<3>(higher, back, link, rest, grow18),
            Neighbourhood::Faces6 | Neighbourhood::Plane4 => {
                self.links_with::<4>(higher, back, link, rest, grow6);
            }
        }
    }

    #[inline]
    fn links_with<const ROUNDS: usize>(
        self,
        higher: &[u32],
        back: u32,
        link: &mut [u32],
        rest: &mut [u32],
        grow: impl Fn(u32x4) -> u32x4,
    ) {
        let zero = u32x4::splat(0);
        let (eligible, back) = (u32x4::splat(self.eligible), u32x4::splat(back));
        let (faces, one) = (u32x4::splat(FACES), u32x4::splat(1));
        let (higher, _) = higher.as_chunks::<4>();
        let (link, _) = link.as_chunks_mut::<4>();
        let (rest, _) = rest.as_chunks_mut::<4>();
        for ((higher, link), rest) in higher.iter().zip(link).zip(rest) {
            let higher = u32x4::new(*higher);
            let candidates = higher & eligible;
            // An earlier neighbour's label is known at once, and a face neighbour is the likeliest
            // to share its basin: prefer both.
            let earlier = candidates & back;
            let earlier = earlier.simd_eq(zero).select(candidates, earlier);
            let across_face = earlier & faces;
            let preferred = across_face.simd_eq(zero).select(earlier, across_face);
            let lowest = preferred & (!preferred + one);
            let mut set = lowest;
            for _ in 0..ROUNDS {
                set = grow(set) & higher;
            }
            *link = lowest.to_array();
            *rest = ((set ^ higher) & eligible).to_array();
        }
    }
}

#[inline]
fn grow26(set: u32x4) -> u32x4 {
    let x = set | (set & u32x4::splat(!X_HIGH)) << 1_u32 | (set & u32x4::splat(!X_LOW)) >> 1_u32;
    let xy = x | (x & u32x4::splat(!Y_HIGH)) << 3_u32 | (x & u32x4::splat(!Y_LOW)) >> 3_u32;
    xy | xy << 9_u32 | xy >> 9_u32
}

#[inline]
fn grow18(set: u32x4) -> u32x4 {
    let x = set | (set & u32x4::splat(!X_HIGH)) << 1_u32 | (set & u32x4::splat(!X_LOW)) >> 1_u32;
    let y = set | (set & u32x4::splat(!Y_HIGH)) << 3_u32 | (set & u32x4::splat(!Y_LOW)) >> 3_u32;
    let xy = x | (x & u32x4::splat(!Y_HIGH)) << 3_u32 | (x & u32x4::splat(!Y_LOW)) >> 3_u32;
    let across = x | y;
    xy | across << 9_u32 | across >> 9_u32
}

#[inline]
fn grow6(set: u32x4) -> u32x4 {
    set | (set & u32x4::splat(!X_HIGH)) << 1_u32
        | (set & u32x4::splat(!X_LOW)) >> 1_u32
        | (set & u32x4::splat(!Y_HIGH)) << 3_u32
        | (set & u32x4::splat(!Y_LOW)) >> 3_u32
        | set << 9_u32
        | set >> 9_u32
}
