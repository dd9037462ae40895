//! One pass over a slab of slices: births, links and edges of its voxels.

use std::sync::atomic::{AtomicUsize, Ordering};

use wide::{i8x16, i16x16};

use super::compare::{Row, compare_blocks};
use super::local::{BACK, Local, PREVIOUS_SLICE};
use super::{FIRST_HU, LAST_HU, LEVELS, MAX_HU};
use crate::{Error, error::try_vec};

/// Empty columns left and right of a row, so that neighbours are read without asking where the row
/// ends, and blocks of 16 stay aligned.
pub(super) const MARGIN: usize = 16;
pub(super) const BLOCK: usize = 16;
/// Outside, inactive: below everything.
const INACTIVE: i16 = i16::MIN;

/// An edge of the graph of basins: two labels, and the level at which they meet.
#[derive(Debug, Default)]
pub(super) struct Edges {
    pub(super) ends: Vec<(u32, u32)>,
    pub(super) levels: Vec<u16>,
}

impl Edges {
    pub(super) fn push(&mut self, a: u32, b: u32, level: u16) {
        self.ends.push((a, b));
        self.levels.push(level);
    }
}

/// What points out of the slab, at a place in the neighbouring slab's first or last plane.
#[derive(Debug, Default)]
pub(super) struct Seam {
    /// (own label, place in the neighbour's plane): the label hangs on that place's.
    pub(super) links: Vec<(u32, u32)>,
    /// (own label, place in the neighbour's plane, level).
    pub(super) edges: Vec<(u32, u32, u16)>,
}

/// A voxel that may join several sets: `left` are its higher neighbours not joined to its link.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) place: u32,
    pub(super) left: u32,
    pub(super) level: u16,
}

/// A label whose link comes later in raster order: its neighbour bit is looked up when the next
/// slice has its labels.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) label: u32,
    pub(super) place: u32,
    pub(super) bit: u32,
}

/// The voxels' labels and levels in raster order; kept only when sizes are asked for.
#[derive(Debug, Default)]
pub(super) struct VoxelList {
    pub(super) labels: Vec<u32>,
    pub(super) levels: Vec<u16>,
}

/// How many voxels all slabs' lists hold together, and may hold. One count for all, so that sizes
/// are given up or not whatever the cut into slabs.
#[derive(Debug)]
pub(super) struct ListBudget {
    limit: usize,
    used: AtomicUsize,
}

impl ListBudget {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0) }
    }

    /// Room for `count` more; once refused, refused for good.
    fn take(&self, count: usize) -> bool {
        self.used.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= self.limit
    }

    /// Was more asked for than there is?
    pub(super) fn is_exceeded(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.limit
    }
}

/// The state of one slab's pass; three slices are held at a time.
#[derive(Debug)]
pub(super) struct Slab<'a> {
    hu: &'a [i16],
    size: [usize; 3],
    pub(super) z0: usize,
    pub(super) z1: usize,
    next_z: usize,
    pub(super) local: Local,
    pub(super) stride: usize,
    pub(super) plane: usize,
    blocks: usize,
    /// Three planes of values clamped to `LAST_HU`; slice z lies in slot z mod 3.
    values: Vec<i16>,
    /// Three planes of active bits, one `u16` a block of 16 voxels.
    active: Vec<u16>,
    /// Three planes of labels; only places of active voxels are ever written or read.
    pub(super) labels: Vec<u32>,
    row: Row,
    pub(super) pending: [Vec<Pending>; 2],
    pub(super) candidates: [Vec<Candidate>; 2],
    /// The label each label hangs on; itself for a maximum.
    pub(super) parents: Vec<u32>,
    pub(super) births: [u32; LEVELS],
    pub(super) voxels: [u64; LEVELS],
    pub(super) edges: Edges,
    pub(super) below: Seam,
    pub(super) above: Seam,
    pub(super) list: Option<VoxelList>,
    list_budget: Option<&'a ListBudget>,
    first_plane: Vec<u32>,
}

impl<'a> Slab<'a> {
    pub(super) fn new(
        hu: &'a [i16],
        size: [usize; 3],
        (z0, z1): (usize, usize),
        local: Local,
        list_budget: Option<&'a ListBudget>,
    ) -> Result<Self, Error> {
        let [nx, ny, _] = size;
        let blocks = nx.div_ceil(BLOCK);
        let stride = MARGIN + blocks * BLOCK + MARGIN;
        let plane = stride * (ny + 2);
        let purpose = "the component curve";
        let row_length = blocks * BLOCK + BLOCK;
        let mut slab = Self {
            hu,
            size,
            z0,
            z1,
            next_z: z0,
            local,
            stride,
            plane,
            blocks,
            values: try_vec(INACTIVE, 3 * plane, purpose)?,
            active: try_vec(0, 3 * ny * blocks, purpose)?,
            labels: try_vec(0, 3 * plane, purpose)?,
            row: Row::new(row_length, purpose)?,
            pending: Default::default(),
            candidates: Default::default(),
            parents: Vec::new(),
            births: [0; LEVELS],
            voxels: [0; LEVELS],
            edges: Edges::default(),
            below: Seam::default(),
            above: Seam::default(),
            list: list_budget.map(|_| VoxelList::default()),
            list_budget,
            first_plane: Vec::new(),
        };
        if z0 > 0 {
            slab.load(z0 - 1);
        }
        slab.load(z0);
        Ok(slab)
    }

    /// Works through at most `slices` more slices; true when the slab is done.
    pub(super) fn advance(&mut self, slices: usize) -> Result<bool, Error> {
        let end = (self.next_z + slices).min(self.z1);
        while self.next_z < end {
            let z = self.next_z;
            self.load(z + 1);
            self.label_slice(z)?;
            if z > self.z0 {
                self.resolve(z - 1)?;
            }
            if z == self.z0 && z > 0 {
                let plane = self.slot(z) * self.plane;
                self.first_plane = self.labels[plane..plane + self.plane].to_vec();
            }
            self.next_z += 1;
        }
        let done = self.next_z == self.z1;
        if done {
            self.resolve(self.z1 - 1)?;
        }
        Ok(done)
    }

    /// The labels of the slab's first slice; empty for the lowest slab.
    pub(super) fn first_plane(&self) -> &[u32] {
        &self.first_plane
    }

    /// The labels of the slab's last slice.
    pub(super) fn last_plane(&self) -> &[u32] {
        let plane = self.slot(self.z1 - 1) * self.plane;
        &self.labels[plane..plane + self.plane]
    }

    pub(super) fn slot(&self, z: usize) -> usize {
        z % 3
    }

    /// Brings the values of slice z into its slot; beyond the volume everything is inactive.
    fn load(&mut self, z: usize) {
        let [nx, ny, nz] = self.size;
        let plane_start = self.slot(z) * self.plane;
        let active_start = self.slot(z) * ny * self.blocks;
        let values = &mut self.values[plane_start..plane_start + self.plane];
        let active = &mut self.active[active_start..active_start + ny * self.blocks];
        if z >= nz {
            values.fill(INACTIVE);
            active.fill(0);
            return;
        }
        let slice = &self.hu[z * nx * ny..(z + 1) * nx * ny];
        for (y, row) in slice.chunks_exact(nx).enumerate() {
            let start = (y + 1) * self.stride + MARGIN;
            let values = &mut values[start..start + self.blocks * BLOCK];
            let (values, _) = values.as_chunks_mut::<BLOCK>();
            let active = &mut active[y * self.blocks..(y + 1) * self.blocks];
            let (whole, rest) = row.as_chunks::<BLOCK>();
            for ((hu, values), active) in whole.iter().zip(&mut *values).zip(&mut *active) {
                load_block(hu, values, active);
            }
            if let (false, Some(values), Some(active)) =
                (rest.is_empty(), values.last_mut(), active.last_mut())
            {
                let mut hu = [INACTIVE; BLOCK];
                hu[..rest.len()].copy_from_slice(rest);
                load_block(&hu, values, active);
            }
        }
    }

    /// Labels the active voxels of slice z, row by row.
    fn label_slice(&mut self, z: usize) -> Result<(), Error> {
        let ny = self.size[1];
        // The labels of the slab below are not known here.
        let back = if z == self.z0 { BACK & !PREVIOUS_SLICE } else { BACK };
        let parity = z % 2;
        self.pending[parity].clear();
        self.candidates[parity].clear();
        let offsets = self.offsets(z);
        for y in 0..ny {
            let count = self.compare_row(y, z);
            if count == 0 {
                continue;
            }
            let padded = count.next_multiple_of(4);
            let Row { higher, link, rest, .. } = &mut self.row;
            higher[count..padded].fill(0);
            let (link, rest) = (&mut link[..padded], &mut rest[..padded]);
            self.local.links(&higher[..padded], back, link, rest);
            self.reserve(count, parity)?;
            self.label_row(y, z, count, back, &offsets, parity);
        }
        Ok(())
    }

    /// Finds the higher neighbours of the row's active voxels; returns how many are active.
    fn compare_row(&mut self, y: usize, z: usize) -> usize {
        let active_start = (self.slot(z) * self.size[1] + y) * self.blocks;
        let active = &self.active[active_start..active_start + self.blocks];
        if active.iter().all(|bits| *bits == 0) {
            return 0;
        }
        let rows: [&[i16]; 9] = std::array::from_fn(|k| {
            // Slots of z - 1, z, z + 1, without going below zero.
            let slot = (z + 2 + k / 3) % 3;
            let start = slot * self.plane + (y + k % 3) * self.stride;
            &self.values[start..start + self.stride]
        });
        if self.local.compares_corners() {
            compare_blocks::<true>(rows, active, &mut self.row)
        } else {
            compare_blocks::<false>(rows, active, &mut self.row)
        }
    }

    /// Gives each active voxel of the row its link's label, or a new one.
    fn label_row(
        &mut self,
        y: usize,
        z: usize,
        count: usize,
        back: u32,
        offsets: &[isize; 27],
        parity: usize,
    ) {
        let row_place = (y + 1) * self.stride + MARGIN;
        let own_plane = self.slot(z) * self.plane;
        let local = self.local;
        // Borrowed apart: through `self` the compiler would read every pointer again at each voxel.
        let Self {
            values, labels, parents, births, voxels, list, pending, candidates, row, ..
        } = self;
        let values = &values[own_plane + row_place..];
        let (pending, candidates) = (&mut pending[parity], &mut candidates[parity]);
        let found = row.column.iter().zip(&row.higher).zip(row.link.iter().zip(&row.rest));
        for ((&column, &higher), (&link, &rest)) in found.take(count) {
            let place = row_place + usize::from(column);
            let level = values[usize::from(column)] - FIRST_HU;
            let bit = link.trailing_zeros();
            let label = if link & back != 0 {
                labels[place.wrapping_add_signed(offsets[bit as usize])]
            } else {
                let label = parents.len() as u32;
                parents.push(label);
                if link == 0 {
                    births[level as usize] += 1;
                } else {
                    pending.push(Pending { label, place: place as u32, bit });
                }
                label
            };
            labels[own_plane + place] = label;
            voxels[level as usize] += 1;
            let level = level as u16;
            if let Some(list) = list {
                list.labels.push(label);
                list.levels.push(level);
            }
            if rest != 0 {
                let left = higher & !local.flood(link, higher);
                if left & local.eligible != 0 {
                    candidates.push(Candidate { place: place as u32, left, level });
                }
            }
        }
    }

    /// From a place in the plane of slice z to the index of each neighbour's label.
    pub(super) fn offsets(&self, z: usize) -> [isize; 27] {
        std::array::from_fn(|k| {
            let slot = (z + 2 + k / 9) % 3;
            let (dy, dx) = ((k / 3 % 3) as isize - 1, (k % 3) as isize - 1);
            (slot * self.plane) as isize + dy * self.stride as isize + dx
        })
    }

    /// Makes room for what a row can add, so that no push aborts.
    fn reserve(&mut self, count: usize, parity: usize) -> Result<(), Error> {
        if self.list_budget.is_some_and(|budget| !budget.take(count)) {
            self.list = None;
        }
        let lists = self.list.as_mut().map_or(Ok(()), |list| {
            list.labels.try_reserve(count)?;
            list.levels.try_reserve(count)
        });
        lists
            .and_then(|()| self.parents.try_reserve(count))
            .and_then(|()| self.pending[parity].try_reserve(count))
            .and_then(|()| self.candidates[parity].try_reserve(count))
            .map_err(|_| out_of_memory(count))
    }
}

pub(super) fn out_of_memory(count: usize) -> Error {
    Error::OutOfMemory { bytes: count as u64 * 12, purpose: "the component curve" }
}

/// Copies 16 voxels, clamped, and notes which are active; leaves empty blocks alone.
#[inline]
fn load_block(hu: &[i16; BLOCK], values: &mut [i16; BLOCK], active: &mut u16) {
    let hu = i16x16::new(*hu);
    let idle = hu.simd_lt(i16x16::splat(FIRST_HU)) | hu.simd_gt(i16x16::splat(MAX_HU));
    let bits = !(i8x16::from_i16x16_saturate(idle).to_bitmask() as u16);
    if bits == 0 && *active == 0 {
        return;
    }
    *active = bits;
    let clamped = hu.min(i16x16::splat(LAST_HU));
    *values = idle.select(i16x16::splat(INACTIVE), clamped).to_array();
}
