//! Seeds of bone and of blood flood the bright voxels, brightest first; where two floods meet is the
//! border between them.

use super::active::Active;
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::{try_vec, try_with_capacity},
    order::largest_first,
    progress::{Part as Span, checkpoint},
};

/// Whose flood reached a voxel.
pub(super) type Label = u16;
/// No flood came here.
pub(super) const NONE: Label = 0;
/// Blood and dense contrast.
pub(super) const BLOOD: Label = 1;
/// The first of the labels of bone seeds.
pub(super) const FIRST_BONE: Label = 2;

/// Seeds below this are noise, or streaks beside undiluted contrast.
const MIN_SEED_ML: f64 = 0.06;
/// Voxels flooded between two reports.
const VOXELS_PER_STEP: usize = 1 << 16;
/// Slices whose faces are looked at between two reports.
const SLICES_PER_STEP: usize = 8;
/// Finding the flood's first front is this share of its work.
const FRONT_SHARE: f64 = 0.2;
/// What people read while the flood runs and while its borders are measured.
const STAGE: &str = "bone or vessel";
/// Beyond this many seeds no label is left.
const MAX_SEEDS: usize = (Label::MAX - FIRST_BONE) as usize;

/// The label of every active voxel, and how many labels there are.
#[derive(Debug)]
pub(super) struct Flooded {
    pub(super) label: Vec<Label>,
    pub(super) labels: usize,
}

/// Labels the seeds: blood as one, bone part by part.
///
/// `bright` are voxels too bright for blood (and away from it); `marrow` are seeds of any size.
///
/// Reports stage `"components"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn seed(
    active: &Active,
    grid: &Grid,
    blood: &Mask,
    bright: &Mask,
    marrow: &Mask,
    progress: &mut dyn Progress,
) -> Result<Flooded, Error> {
    let mut span = Span::new(progress, 0.0, 0.5);
    let bright = Components::of_with(bright, Neighbourhood::Corners26, &mut span)?;
    let sizes = bright.sizes();
    let mut seeds = bright.select(|id| grid.volume_ml(sizes[id]) >= MIN_SEED_ML)?;
    drop(bright);
    seeds.union_with(marrow)?;
    let mut span = Span::new(progress, 0.5, 1.0);
    let seeds = Components::of_with(&seeds, Neighbourhood::Corners26, &mut span)?;
    let (label_of, labels) = labels_by_size(seeds.sizes())?;
    let mut label = try_vec(NONE, active.len(), "seeds")?;
    active.for_each_in(blood, |id, _, _| set(&mut label, id, BLOOD));
    seeds.for_each_run(|seed, y, z, start, end| {
        let of_seed = label_of.get(seed).copied().unwrap_or(NONE);
        if of_seed != NONE {
            active.for_each_of_run([start, end], y, z, |id| set(&mut label, id, of_seed));
        }
    });
    Ok(Flooded { label, labels })
}

/// The label of every seed, and how many labels there are with those of no flood and of blood.
///
/// Pure noise has more seeds than there are labels: then only the largest get one.
fn labels_by_size(sizes: &[usize]) -> Result<(Vec<Label>, usize), Error> {
    let too_small = if sizes.len() > MAX_SEEDS {
        // The largest without a label, and with it all of its size: places decide nothing.
        let falling = largest_first(sizes, 0)?;
        falling.get(MAX_SEEDS).and_then(|id| sizes.get(*id)).copied().unwrap_or(0)
    } else {
        0
    };
    let mut label_of = try_vec(NONE, sizes.len(), "seeds")?;
    let mut next = FIRST_BONE;
    for (label, _) in label_of.iter_mut().zip(sizes).filter(|(_, size)| **size > too_small) {
        *label = next;
        next += 1;
    }
    Ok((label_of, usize::from(next)))
}

fn set(label: &mut [Label], id: usize, value: Label) {
    if let Some(label) = label.get_mut(id) {
        *label = value;
    }
}

/// One list of waiting voxels per level, each first in, first out.
struct Waiting {
    lists: Vec<List>,
    highest: usize,
}

#[derive(Default, Clone)]
struct List {
    voxels: Vec<u32>,
    next: usize,
}

impl Waiting {
    fn new() -> Self {
        Self { lists: vec![List::default(); 256], highest: 0 }
    }

    #[inline]
    fn push(&mut self, level: u8, voxel: u32) -> Result<(), Error> {
        let level = usize::from(level);
        self.highest = self.highest.max(level);
        if let Some(list) = self.lists.get_mut(level) {
            if list.voxels.len() == list.voxels.capacity() {
                let more = (list.voxels.len() / 2).max(1024);
                list.voxels.try_reserve(more).map_err(|_| Error::OutOfMemory {
                    bytes: more as u64 * 4,
                    purpose: "the flood's front",
                })?;
            }
            list.voxels.push(voxel);
        }
        Ok(())
    }

    #[inline]
    fn pop(&mut self) -> Option<u32> {
        loop {
            let list = self.lists.get_mut(self.highest)?;
            if let Some(&voxel) = list.voxels.get(list.next) {
                list.next += 1;
                return Some(voxel);
            }
            list.voxels = Vec::new();
            list.next = 0;
            self.highest = self.highest.checked_sub(1)?;
        }
    }
}

/// Floods from the seeds over all active voxels they reach, through faces, brightest first.
///
/// Voxels of one level are taken in the order they were reached: one result, whatever the machine.
/// Reports stage `"bone or vessel"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`]; [`Error::TooLarge`] beyond 2³² voxels.
pub(super) fn flood(
    active: &Active,
    flooded: &mut Flooded,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let around = Around::of(&active.mask)?;
    let mut waiting = Waiting::new();
    let mut refused = None;
    let nz = active.mask.size_voxel()[2];
    for z in (0..nz).step_by(SLICES_PER_STEP) {
        checkpoint(progress, STAGE, FRONT_SHARE * z as f64 / nz as f64)?;
        active.for_each_in_slices(z..z + SLICES_PER_STEP, |here, word, bit| {
            // Only seeds wait at first, and only those with somewhere to go: most are inside.
            let labelled = |id: usize| flooded.label.get(id).is_none_or(|label| *label != NONE);
            let mut faces = around.faces(word, bit).into_iter().enumerate();
            let free = labelled(here)
                && faces.any(|(side, (word, bit))| {
                    neighbour(active, here, side, word, bit).is_some_and(|id| !labelled(id))
                });
            if free {
                let level = active.level.get(here).copied().unwrap_or(0);
                refused = waiting.push(level, word as u32 * 64 + bit).err().or(refused.take());
            }
        });
        if let Some(refused) = refused {
            return Err(refused);
        }
    }
    let mut left = 0;
    let mut done = 0;
    while let Some(voxel) = waiting.pop() {
        if left == 0 {
            let flooded = done as f64 / active.len() as f64;
            checkpoint(progress, STAGE, FRONT_SHARE + (1.0 - FRONT_SHARE) * flooded)?;
            left = VOXELS_PER_STEP;
            done += VOXELS_PER_STEP;
        }
        left -= 1;
        let (word, bit) = ((voxel / 64) as usize, voxel % 64);
        let here = active.id(word, bit);
        let label = flooded.label.get(here).copied().unwrap_or(NONE);
        for (side, (word, bit)) in around.faces(word, bit).into_iter().enumerate() {
            let Some(id) = neighbour(active, here, side, word, bit) else { continue };
            if let Some(free @ &mut NONE) = flooded.label.get_mut(id) {
                *free = label;
                let level = active.level.get(id).copied().unwrap_or(0);
                waiting.push(level, word as u32 * 64 + bit)?;
            }
        }
    }
    Ok(())
}

/// The id of a neighbour, if it is active. Along x (sides 0 and 1) ids follow one another.
#[inline]
fn neighbour(active: &Active, here: usize, side: usize, word: usize, bit: u32) -> Option<usize> {
    match side {
        0 | 1 => {
            let bits = *active.mask.words().get(word)?;
            (bits >> bit & 1 == 1).then(|| if side == 0 { here - 1 } else { here + 1 })
        }
        _ => active.find(word, bit),
    }
}

/// Where a voxel's neighbours lie, in words and bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    words_per_row: usize,
    rows: usize,
    words_per_slice: usize,
    words: usize,
}

/// "No such word": looked up, it is not there.
const BEYOND: usize = usize::MAX;

impl Around {
    pub(super) fn of(mask: &Mask) -> Result<Self, Error> {
        let words = mask.words().len();
        if words > (u32::MAX / 64) as usize {
            return Err(Error::TooLarge {
                needed_bytes: words as u64 * 128,
                limit_bytes: u64::from(u32::MAX),
                hint: "cut the scan, or use the threshold method",
            });
        }
        Ok(Self {
            words_per_row: mask.words_per_row(),
            rows: mask.size_voxel()[1],
            words_per_slice: mask.words_per_slice(),
            words,
        })
    }

    /// The six face neighbours as (word, bit); words beyond the grid do not exist.
    #[inline]
    pub(super) fn faces(&self, word: usize, bit: u32) -> [(usize, u32); 6] {
        // Around::of keeps words within 32 bits, whose division is the faster one.
        let (word_u32, words_per_row) = (word as u32, self.words_per_row as u32);
        let row = word_u32 / words_per_row;
        let column = (word_u32 - row * words_per_row) as usize;
        let y = (row % self.rows as u32) as usize;
        let if_true = |is, word| if is { word } else { BEYOND };
        let below = word.checked_sub(self.words_per_slice).unwrap_or(BEYOND);
        let above = word + self.words_per_slice;
        [
            if bit > 0 { (word, bit - 1) } else { (if_true(column > 0, word.wrapping_sub(1)), 63) },
            if bit < 63 {
                (word, bit + 1)
            } else {
                (if_true(column + 1 < self.words_per_row, word + 1), 0)
            },
            (if_true(y > 0, word.wrapping_sub(self.words_per_row)), bit),
            (if_true(y + 1 < self.rows, word + self.words_per_row), bit),
            (below, bit),
            (if_true(above < self.words, above), bit),
        ]
    }
}

/// How much of each label's surface touches each other label.
#[derive(Debug)]
pub(super) struct Contacts {
    /// Faces of each label that are not its own, air and soft tissue included.
    pub(super) surface: Vec<u64>,
    /// (label, other, faces), sorted.
    pub(super) between: Vec<(Label, Label, u64)>,
}

/// Counts the faces between labels.
///
/// Reports stage `"bone or vessel"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn contacts(
    active: &Active,
    flooded: &Flooded,
    progress: &mut dyn Progress,
) -> Result<Contacts, Error> {
    let around = Around::of(&active.mask)?;
    let mut surface = try_vec(0_u64, flooded.labels, "contacts")?;
    let mut between = std::collections::BTreeMap::new();
    let mut touch = |label: Label, other: Label| {
        if let Some(faces) = surface.get_mut(usize::from(label)).filter(|_| label != NONE) {
            *faces += 1;
            if other != NONE {
                *between.entry((label, other)).or_insert(0) += 1;
            }
        }
    };
    let nz = active.mask.size_voxel()[2];
    for z in (0..nz).step_by(SLICES_PER_STEP) {
        checkpoint(progress, STAGE, z as f64 / nz as f64)?;
        active.for_each_in_slices(z..z + SLICES_PER_STEP, |here, word, bit| {
            let label = flooded.label.get(here).copied().unwrap_or(NONE);
            for (side, (word, bit)) in around.faces(word, bit).into_iter().enumerate() {
                let inside = active.mask.words().get(word).is_some_and(|bits| bits >> bit & 1 == 1);
                if !inside {
                    touch(label, NONE);
                } else if side % 2 == 1 {
                    // Faces between active voxels are met from their lower side only.
                    let other = neighbour(active, here, side, word, bit);
                    let other = other.and_then(|id| flooded.label.get(id)).copied().unwrap_or(NONE);
                    if other != label {
                        touch(label, other);
                        touch(other, label);
                    }
                }
            }
        });
    }
    let mut list = try_with_capacity(between.len(), "contacts")?;
    list.extend(between.into_iter().map(|((label, other), faces)| (label, other, faces)));
    Ok(Contacts { surface, between: list })
}

/// A bone this much of whose surface touches blood is blood itself.
const CONTACT_SHARE: f64 = 0.10;
const CONTACT_ROUNDS: usize = 3;

/// Which labels are blood, by contact: bright mixing inside the heart has seeds of its own, but
/// lies in blood on all sides.
pub(super) fn blood_by_contact(contacts: &Contacts) -> Vec<bool> {
    let mut blood: Vec<bool> =
        (0..contacts.surface.len()).map(|label| label == usize::from(BLOOD)).collect();
    for _ in 0..CONTACT_ROUNDS {
        let mut touching = vec![0_u64; blood.len()];
        for &(label, other, faces) in &contacts.between {
            if blood.get(usize::from(other)) == Some(&true)
                && let Some(sum) = touching.get_mut(usize::from(label))
            {
                *sum += faces;
            }
        }
        let mut changed = false;
        let parts = blood.iter_mut().zip(touching).zip(&contacts.surface);
        for ((blood, touching), surface) in parts.skip(usize::from(FIRST_BONE)) {
            if !*blood && touching > 0 && touching as f64 >= CONTACT_SHARE * *surface as f64 {
                *blood = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    blood
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_seeds_than_labels_keep_the_largest() {
        let mut sizes = vec![3; MAX_SEEDS + 100];
        sizes[7] = 90;
        sizes[MAX_SEEDS + 50] = 80;
        let (label_of, labels) = labels_by_size(&sizes).unwrap();
        assert_eq!(labels, usize::from(FIRST_BONE) + 2);
        assert_eq!((label_of[7], label_of[MAX_SEEDS + 50], label_of[8]), (2, 3, NONE));
        let (label_of, labels) = labels_by_size(&sizes[..MAX_SEEDS]).unwrap();
        assert_eq!(labels, usize::from(Label::MAX));
        assert!(label_of.iter().all(|label| *label != NONE));
    }
}
