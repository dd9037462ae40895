//! Connected components of a mask, by runs instead of voxels.
//!
//! A row's runs are joined to the runs of the rows before it by two pointers that walk both lists
//! once; union–find over run ids does the rest (He, Chao, Suzuki: *A run-based two-scan labeling
//! algorithm*, 2008, carried to three dimensions). A label image is never made: sizes, boxes and
//! masks of chosen components come from the run table.

mod runs;
pub(crate) mod union_find;

use runs::{Run, RunTable};
use union_find::UnionFind;

use crate::{Error, Mask, Neighbourhood, Progress, error::try_vec, par, progress::checkpoint};

/// One component's place and size.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its number of voxels.
    pub voxels: usize,
    /// Its first voxel in raster order, x y z.
    pub seed_voxel: [usize; 3],
    /// The lowest corner of its box.
    pub min_voxel: [usize; 3],
    /// The highest corner of its box, inclusive.
    pub max_voxel: [usize; 3],
    /// The mean voxel position.
    pub centroid_voxel: [f64; 3],
}

/// The components of a mask, numbered 0, 1, 2 … in raster order of their first voxels.
#[derive(Debug)]
pub struct Components {
    size_voxel: [usize; 3],
    words_per_row: usize,
    slabs: Vec<RunTable>,
    slices_per_slab: usize,
    /// Label of every run, slab after slab.
    labels: Vec<u32>,
    sizes: Vec<usize>,
}

/// A slab is labelled by one thread; fixed, so that the work does not depend on the thread count.
const SLICES_PER_SLAB: usize = 16;
/// Slabs between two reports.
const SLABS_PER_STEP: usize = 8;

impl Components {
    /// Labels the set voxels.
    ///
    /// ```
    /// use hounsfield::{Mask, Neighbourhood, components::Components};
    /// let mask = Mask::drawn("
    ///     .##..
    ///     ...#.
    ///     .#...
    /// ");
    /// assert_eq!(Components::of(&mask, Neighbourhood::Corners26)?.sizes(), [3, 1]);
    /// assert_eq!(Components::of(&mask, Neighbourhood::Faces6)?.sizes(), [2, 1, 1]);
    /// # Ok::<(), hounsfield::Error>(())
    /// ```
    ///
    /// Memory: 8 bytes a run.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn of(mask: &Mask, neighbourhood: Neighbourhood) -> Result<Self, Error> {
        Self::label(mask, false, neighbourhood, &mut ())
    }

    /// As [`Components::of`], reporting stage `"components"`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Stopped`].
    pub fn of_with(
        mask: &Mask,
        neighbourhood: Neighbourhood,
        progress: &mut dyn Progress,
    ) -> Result<Self, Error> {
        Self::label(mask, false, neighbourhood, progress)
    }

    /// Labels the voxels that are *not* set: the holes and the outside. Reports as
    /// [`Components::of_with`].
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::Stopped`].
    pub fn of_complement(
        mask: &Mask,
        neighbourhood: Neighbourhood,
        progress: &mut dyn Progress,
    ) -> Result<Self, Error> {
        Self::label(mask, true, neighbourhood, progress)
    }

    fn label(
        mask: &Mask,
        complement: bool,
        neighbourhood: Neighbourhood,
        progress: &mut dyn Progress,
    ) -> Result<Self, Error> {
        let [_, ny, nz] = mask.size_voxel();
        let ranges: Vec<_> = (0..nz)
            .step_by(SLICES_PER_SLAB)
            .map(|z0| (z0, (z0 + SLICES_PER_SLAB).min(nz)))
            .collect();
        let mut slabs = Vec::with_capacity(ranges.len());
        for (step, ranges) in ranges.chunks(SLABS_PER_STEP).enumerate() {
            let done = (step * SLABS_PER_STEP * SLICES_PER_SLAB) as f64 / nz as f64;
            checkpoint(progress, "components", done)?;
            let labelled = par::map(ranges.iter(), &|_, &(z0, z1)| {
                let table = RunTable::of_slices(mask, complement, z0, z1)?;
                let parents = join_within(&table, ny, neighbourhood)?;
                Ok((table, parents))
            });
            for slab in labelled {
                slabs.push(slab?);
            }
        }
        let runs = slabs.iter().map(|(table, _)| table.runs.len()).sum();
        let mut parents = crate::error::try_with_capacity(runs, "component labels")?;
        let mut tables = Vec::with_capacity(slabs.len());
        let mut offsets = Vec::with_capacity(slabs.len());
        for (table, slab_parents) in slabs {
            let offset = parents.len() as u32;
            offsets.push(offset);
            parents.extend(slab_parents.into_iter().map(|parent| parent + offset));
            tables.push(table);
        }
        let mut sets = UnionFind::from_parents(parents);
        for (below, above) in (0..).zip(1..tables.len()) {
            let seam = (offsets[below], offsets[above]);
            join_seam(&tables[below], &tables[above], seam, ny, neighbourhood, &mut sets);
        }
        let (labels, count) = sets.into_labels();
        let mut sizes = try_vec(0, count, "component sizes")?;
        for (label, run) in labels.iter().zip(tables.iter().flat_map(|table| &table.runs)) {
            sizes[*label as usize] += usize::from(run.end - run.start);
        }
        Ok(Self {
            size_voxel: mask.size_voxel(),
            words_per_row: mask.words_per_row(),
            slabs: tables,
            slices_per_slab: SLICES_PER_SLAB,
            labels,
            sizes,
        })
    }

    /// How many components there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    /// The number of voxels of each.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The largest component's number; the first of equals; `None` of an empty mask.
    #[must_use]
    pub fn largest(&self) -> Option<usize> {
        (0..self.count()).rev().max_by_key(|id| self.sizes[*id])
    }

    /// The component at a voxel, if the voxel is in one.
    #[must_use]
    pub fn at(&self, voxel: [usize; 3]) -> Option<usize> {
        let [x, y, z] = voxel;
        let [nx, ny, nz] = self.size_voxel;
        if x >= nx || y >= ny || z >= nz {
            return None;
        }
        let (slab, z) = (z / self.slices_per_slab, z % self.slices_per_slab);
        let before: usize = self.slabs[..slab].iter().map(|table| table.runs.len()).sum();
        let (first, runs) = self.slabs[slab].row(z * ny + y);
        let index = runs.iter().position(|run| (run.start..run.end).contains(&(x as u16)))?;
        Some(self.labels[before + first as usize + index] as usize)
    }

    /// For every component its place among `ids`, or `usize::MAX`.
    pub(crate) fn places_of(&self, ids: &[usize]) -> Result<Vec<usize>, Error> {
        let mut places = try_vec(usize::MAX, self.count(), "places of components")?;
        for (place, id) in ids.iter().enumerate() {
            places[*id] = place;
        }
        Ok(places)
    }

    /// Calls `visit(component, y, z, x_start, x_end)` for every run in raster order.
    pub fn for_each_run(&self, mut visit: impl FnMut(usize, usize, usize, usize, usize)) {
        let ny = self.size_voxel[1];
        let mut labels = self.labels.iter();
        for (slab, table) in self.slabs.iter().enumerate() {
            for row in 0..table.first.len().saturating_sub(1) {
                let (y, z) = (row % ny, slab * self.slices_per_slab + row / ny);
                let (_, runs) = table.row(row);
                for (run, label) in runs.iter().zip(labels.by_ref()) {
                    visit(*label as usize, y, z, run.start.into(), run.end.into());
                }
            }
        }
    }

    /// Place and size of every component.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn table(&self) -> Result<Vec<Component>, Error> {
        let mut ids = crate::error::try_with_capacity(self.count(), "a component table")?;
        ids.extend(0..self.count());
        self.table_of(self.count(), &ids)
    }

    /// As [`Components::table`], of some: `places` has a component's place among `count`, or a
    /// place beyond them for those that are not asked for ([`Components::places_of`]). Noise makes
    /// components by the hundred thousand, of which a few matter.
    pub(crate) fn table_of(&self, count: usize, places: &[usize]) -> Result<Vec<Component>, Error> {
        let unseen = Component {
            voxels: 0,
            seed_voxel: [0; 3],
            min_voxel: [usize::MAX; 3],
            max_voxel: [0; 3],
            centroid_voxel: [0.0; 3],
        };
        let mut table = try_vec(unseen, count, "a component table")?;
        self.for_each_run(|id, y, z, start, end| {
            let place = places.get(id).copied().unwrap_or(usize::MAX);
            let Some(component) = table.get_mut(place) else { return };
            if component.voxels == 0 {
                component.seed_voxel = [start, y, z];
            }
            let length = end - start;
            component.voxels += length;
            for (axis, (low, high)) in [(start, end - 1), (y, y), (z, z)].into_iter().enumerate() {
                component.min_voxel[axis] = component.min_voxel[axis].min(low);
                component.max_voxel[axis] = component.max_voxel[axis].max(high);
                component.centroid_voxel[axis] += ((low + high) * length) as f64 / 2.0;
            }
        });
        for component in &mut table {
            let voxels = component.voxels as f64;
            component.centroid_voxel = component.centroid_voxel.map(|sum| sum / voxels);
        }
        Ok(table)
    }

    /// The mask of all components for which `keep(number)`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn select(&self, keep: impl Fn(usize) -> bool) -> Result<Mask, Error> {
        let mut kept = try_vec(false, self.count(), "chosen components")?;
        kept.iter_mut().enumerate().for_each(|(id, kept)| *kept = keep(id));
        self.mask_of(&kept)
    }

    /// Asked once for each component, not for each run; and compiled once.
    fn mask_of(&self, kept: &[bool]) -> Result<Mask, Error> {
        let mut mask = Mask::empty(self.size_voxel)?;
        let (ny, words_per_row) = (self.size_voxel[1], self.words_per_row);
        let words = mask.words_mut();
        self.for_each_run(|id, y, z, start, end| {
            if kept.get(id) == Some(&true) {
                let row = (z * ny + y) * words_per_row;
                set_bits(&mut words[row..row + words_per_row], start, end);
            }
        });
        Ok(mask)
    }
}

/// Sets bits `start..end` of a row.
#[inline]
pub(crate) fn set_bits(row: &mut [u64], start: usize, end: usize) {
    let (first, last) = (start / 64, (end - 1) / 64);
    let head = u64::MAX << (start % 64);
    let tail = u64::MAX >> (63 - (end - 1) % 64);
    if first == last {
        row[first] |= head & tail;
        return;
    }
    row[first] |= head;
    row[first + 1..last].fill(u64::MAX);
    row[last] |= tail;
}

/// The rows before a row that its neighbourhood reaches, as (dy, dz, reach along x).
fn rows_before(neighbourhood: Neighbourhood) -> Vec<(isize, isize, usize)> {
    [(-1, 0), (-1, -1), (0, -1), (1, -1)]
        .into_iter()
        .filter_map(|(dy, dz)| Some((dy, dz, neighbourhood.reach(dy, dz)?)))
        .collect()
}

/// Joins touching runs inside one slab; returns a parent for every run, never a later one.
fn join_within(
    table: &RunTable,
    ny: usize,
    neighbourhood: Neighbourhood,
) -> Result<Vec<u32>, Error> {
    let mut parents = crate::error::try_with_capacity(table.runs.len(), "component labels")?;
    parents.extend(0..table.runs.len() as u32);
    let mut sets = UnionFind::from_parents(parents);
    let before = rows_before(neighbourhood);
    for row in 0..table.first.len().saturating_sub(1) {
        let (y, z) = (row % ny, row / ny);
        let here = table.row(row);
        if here.1.is_empty() {
            continue;
        }
        for &(dy, dz, reach) in &before {
            let (Some(y), Some(z)) = (y.checked_add_signed(dy), z.checked_add_signed(dz)) else {
                continue;
            };
            if y < ny {
                join_rows(here, table.row(z * ny + y), reach, &mut sets);
            }
        }
    }
    Ok(sets.into_parents())
}

/// Joins the first slice of `above` to the last of `below`; `seam` holds their first run ids.
fn join_seam(
    below: &RunTable,
    above: &RunTable,
    seam: (u32, u32),
    ny: usize,
    neighbourhood: Neighbourhood,
    sets: &mut UnionFind,
) {
    let last_slice = below.first.len().saturating_sub(1 + ny);
    for y in 0..ny {
        let (first, runs) = above.row(y);
        for dy in [-1, 0, 1] {
            let (Some(reach), Some(there)) =
                (neighbourhood.reach(dy, -1), y.checked_add_signed(dy))
            else {
                continue;
            };
            if there < ny {
                let (first_below, runs_below) = below.row(last_slice + there);
                let here = (first + seam.1, runs);
                join_rows(here, (first_below + seam.0, runs_below), reach, sets);
            }
        }
    }
}

/// Walks two rows' runs side by side and joins those that touch within `reach` along x.
#[inline]
fn join_rows(a: (u32, &[Run]), b: (u32, &[Run]), reach: usize, sets: &mut UnionFind) {
    let reach = reach as u16;
    let ((first_a, a), (first_b, b)) = (a, b);
    let (mut i, mut j) = (0, 0);
    while let (Some(run_a), Some(run_b)) = (a.get(i), b.get(j)) {
        if run_a.start < run_b.end + reach && run_b.start < run_a.end + reach {
            sets.union(first_a + i as u32, first_b + j as u32);
        }
        if run_a.end < run_b.end {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests;
