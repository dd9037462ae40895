//! Masks on another spacing: which label has the largest share of each new voxel?
//!
//! ```text
//! A A . .        shares of the new voxel      A: 5/16, B: 4/16, background: 7/16
//! A A A .   ─▶   that all of these become  ─▶ background; alone A would have lost, too:
//! . . B B        one voxel                    the most, not the half, decides
//! . . B B
//! ```
//!
//! All masks of a call stand against each other and against the background; of equal shares the lower
//! label wins, the background before the first. Where masks overlap, what a voxel is in is voted on
//! as one: of a lung and a nodule in it, both stay. Shares are whole numbers, so that nothing hangs
//! on how a machine rounds.

use std::borrow::Cow;

use super::axis::Shares;
use crate::{
    Error, Mask, Progress,
    error::{try_vec, try_with_capacity},
    par,
    progress::checkpoint,
};

/// New planes between two reports.
const PLANES: usize = 32;
/// Stands for "not all the same".
const MIXED: u8 = u8::MAX;

/// A bit for each mask, the first mask the lowest; the order is that of a number.
type Together = [u64; 4];

pub(super) fn vote(
    masks: &[Cow<'_, Mask>],
    old_size: [usize; 3],
    size: [usize; 3],
    step: [f64; 3],
    progress: &mut dyn Progress,
) -> Result<Vec<Mask>, Error> {
    if masks.is_empty() {
        return Ok(Vec::new());
    }
    let kinds = Kinds::of(masks)?;
    let shares = |a: usize| Shares::new(old_size[a], size[a], step[a]);
    let ballot = Ballot {
        masks,
        kinds: &kinds,
        old_size,
        size,
        along: [shares(0)?, shares(1)?, shares(2)?],
    };
    let mut found = try_with_capacity(masks.len(), "masks")?;
    for _ in masks {
        found.push(Mask::empty(size)?);
    }
    let [nx, ny, nz] = size;
    let mut labels = try_vec(0_u8, nx * ny * PLANES.min(nz), "labels of some planes")?;
    for z0 in (0..nz).step_by(PLANES) {
        checkpoint(progress, "resample masks", z0 as f64 / nz as f64)?;
        let labels = labels.get_mut(..nx * ny * PLANES.min(nz - z0)).unwrap_or(&mut []);
        // Eight new planes share most of the old ones they are made from.
        par::try_each(labels.chunks_mut(nx * ny * 8), &|s, labels| {
            ballot.planes(z0 + 8 * s, labels)
        })?;
        par::each(found.iter_mut(), &|m, mask| {
            let is_in = kinds.with(m);
            for (row, labels) in labels.chunks_exact(nx).enumerate() {
                let words = mask.row_mut(row % ny, z0 + row / ny);
                for (word, labels) in words.iter_mut().zip(labels.chunks(64)) {
                    for (bit, label) in labels.iter().enumerate() {
                        *word |= u64::from(is_in[usize::from(*label)]) << bit;
                    }
                }
            }
        });
    }
    Ok(found)
}

/// What voxels are in: nothing (kind 0), one mask, or several at once.
struct Kinds {
    /// Smallest first; the place is the kind.
    known: Vec<Together>,
    /// The kind of voxels that are in one mask alone.
    alone: Vec<u8>,
}

impl Kinds {
    fn of(masks: &[Cow<'_, Mask>]) -> Result<Self, Error> {
        let mut known = vec![[0; 4]];
        for m in 0..masks.len() {
            insert(&mut known, only(m));
        }
        let count = masks.first().map_or(0, |mask| mask.words().len());
        for at in 0..count {
            let (_, twice) = union(masks, at);
            for bit in bits(twice) {
                insert(&mut known, together(masks, at, bit));
            }
            if known.len() > usize::from(MIXED) {
                break;
            }
        }
        if known.len() > usize::from(MIXED) {
            return Err(Error::BadParameter {
                name: "the number of masks",
                value: format!("{}, with their overlaps at least {}", masks.len(), known.len() - 1),
                expected: "at most 254 labels and overlaps of labels can be resampled at once",
            });
        }
        let kind = |together: Together| known.binary_search(&together).unwrap_or(0) as u8;
        let alone = (0..masks.len()).map(|m| kind(only(m))).collect();
        Ok(Self { known, alone })
    }

    /// Which kinds are in mask `m`.
    fn with(&self, m: usize) -> [bool; 256] {
        let mut is_in = [false; 256];
        for (is_in, known) in is_in.iter_mut().zip(&self.known) {
            *is_in = known.iter().zip(only(m)).any(|(a, b)| a & b != 0);
        }
        is_in
    }
}

/// Keeps them in order.
fn insert(known: &mut Vec<Together>, together: Together) {
    if let Err(at) = known.binary_search(&together) {
        known.insert(at, together);
    }
}

fn only(m: usize) -> Together {
    let mut together = [0; 4];
    if let Some(word) = together.iter_mut().rev().nth(m / 64) {
        *word = 1 << (m % 64);
    }
    together
}

/// What is in any, and what is in several.
fn union(masks: &[Cow<'_, Mask>], at: usize) -> (u64, u64) {
    masks.iter().fold((0, 0), |(any, twice), mask| {
        let word = mask.words().get(at).copied().unwrap_or(0);
        (any | word, twice | any & word)
    })
}

fn together(masks: &[Cow<'_, Mask>], at: usize, bit: u32) -> Together {
    let mut found = [0; 4];
    for (m, mask) in masks.iter().enumerate() {
        if mask.words().get(at).is_some_and(|word| word >> bit & 1 == 1) {
            for (found, one) in found.iter_mut().zip(only(m)) {
                *found |= one;
            }
        }
    }
    found
}

fn bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

struct Ballot<'a> {
    masks: &'a [Cow<'a, Mask>],
    kinds: &'a Kinds,
    old_size: [usize; 3],
    size: [usize; 3],
    along: [Shares; 3],
}

impl Ballot<'_> {
    /// The kinds of new planes from `z0` on.
    fn planes(&self, z0: usize, labels: &mut [u8]) -> Result<(), Error> {
        let [nx, ny, _] = self.size;
        let old_nx = self.old_size[0];
        let mut held: Vec<(u32, Vec<u8>)> = Vec::new();
        let mut agreed = try_vec(0_u8, old_nx, "a row of labels")?;
        let mut rows: Vec<(&[u8], u64)> = Vec::new();
        for (z, plane) in (z0..).zip(labels.chunks_exact_mut(nx * ny)) {
            let along_z = self.along[2].of(z);
            self.hold(&mut held, along_z)?;
            let mut rows_of = std::mem::take(&mut rows);
            for (y, out) in plane.chunks_exact_mut(nx).enumerate() {
                rows_of.clear();
                for (k, share_z) in along_z {
                    let Some((_, kinds)) = held.iter().find(|(other, _)| other == k) else {
                        continue;
                    };
                    for (j, share_y) in self.along[1].of(y) {
                        let start = *j as usize * old_nx;
                        let row = kinds.get(start..start + old_nx).unwrap_or(&[]);
                        rows_of.push((row, share_y * share_z));
                    }
                }
                self.row(&rows_of, &mut agreed, out);
            }
        }
        Ok(())
    }

    fn row(&self, rows: &[(&[u8], u64)], agreed: &mut [u8], out: &mut [u8]) {
        let Some(((first, _), rest)) = rows.split_first() else { return };
        agreed.copy_from_slice(first);
        for (row, _) in rest {
            for (agreed, kind) in agreed.iter_mut().zip(*row) {
                *agreed = if *agreed == *kind { *kind } else { MIXED };
            }
        }
        if agreed.iter().all(|kind| *kind == 0) {
            out.fill(0);
            return;
        }
        let mut tally = [0_u64; 256];
        for (x, out) in out.iter_mut().enumerate() {
            let along_x = self.along[0].of(x);
            let kind_at = |i: u32| agreed.get(i as usize).copied().unwrap_or(0);
            let kind = along_x.first().map_or(0, |(i, _)| kind_at(*i));
            if kind != MIXED && along_x.iter().all(|(i, _)| kind_at(*i) == kind) {
                *out = kind;
                continue;
            }
            for (row, share) in rows {
                for (i, share_x) in along_x {
                    tally[usize::from(row.get(*i as usize).copied().unwrap_or(0))] +=
                        share * share_x;
                }
            }
            let mut winner = 0;
            for (kind, votes) in tally.iter().enumerate() {
                if *votes > tally[winner] {
                    winner = kind;
                }
            }
            tally.fill(0);
            *out = winner as u8;
        }
    }

    /// Makes the old planes of kinds that are needed and not there yet.
    fn hold(&self, held: &mut Vec<(u32, Vec<u8>)>, needed: &[(u32, u64)]) -> Result<(), Error> {
        for (k, _) in needed {
            if held.iter().any(|(other, _)| other == k) {
                continue;
            }
            let is_needed = |other: u32| needed.iter().any(|(k, _)| *k == other);
            let unused = held.iter().position(|(other, _)| !is_needed(*other));
            let mut plane = match unused {
                Some(at) => held.swap_remove(at).1,
                None => try_vec(0, self.old_size[0] * self.old_size[1], "a plane of labels")?,
            };
            self.kinds_of_plane(*k as usize, &mut plane);
            held.push((*k, plane));
        }
        Ok(())
    }

    fn kinds_of_plane(&self, k: usize, plane: &mut [u8]) {
        plane.fill(0);
        let Some(mask) = self.masks.first() else { return };
        let (words_per_row, start) = (mask.words_per_row(), k * mask.words_per_slice());
        for (j, row) in plane.chunks_exact_mut(self.old_size[0]).enumerate() {
            for (w, kinds) in row.chunks_mut(64).enumerate() {
                let at = start + j * words_per_row + w;
                let (any, twice) = union(self.masks, at);
                if any == 0 {
                    continue;
                }
                let mut set = |bit: u32, kind: u8| {
                    if let Some(out) = kinds.get_mut(bit as usize) {
                        *out = kind;
                    }
                };
                for (mask, kind) in self.masks.iter().zip(&self.kinds.alone) {
                    let word = mask.words().get(at).copied().unwrap_or(0);
                    bits(word & !twice).for_each(|bit| set(bit, *kind));
                }
                for bit in bits(twice) {
                    let together = together(self.masks, at, bit);
                    set(bit, self.kinds.known.binary_search(&together).unwrap_or(0) as u8);
                }
            }
        }
    }
}
