//! From bits to triangles in two passes: count, so that everything has its place; then fill.
//!
//! ```text
//! row   . . # # # .      X: bits that differ from the next in x      one vertex each,
//! row+1 . . . # # .      Y: from the row at y + 1                    numbered by row, axis and x
//!                        Z: from the row at z + 1
//! ```
//!
//! Every vertex lies on an edge of the grid and belongs to the row where that edge begins; a row's
//! vertices are those of its X, then Y, then Z bits. Counts of all rows are summed first (as flying
//! edges do: Schroeder, Maynard and Geveci 2015), so each layer of cells is filled by itself and
//! knows the numbers of its neighbours' vertices: no seams, and the same bytes with any number of
//! threads. Rows are words: where 64 cells' corners are all alike, they are passed by in one step.

use super::cases::{Case, Cases};
use crate::{Error, Mask, Progress, error::try_vec, par, progress::checkpoint};

/// Layers of cells between two reports.
const LAYERS_PER_STEP: usize = 64;

/// Where each row's vertices begin: those on its X, Y and Z edges.
type RowBase = [u32; 3];

/// All places: how many vertices and triangles come before each row and layer.
#[derive(Debug)]
pub(super) struct Counts {
    rows: Vec<RowBase>,
    /// Triangles before layer z, and at the end all of them.
    layers: Vec<u64>,
    /// All vertices.
    pub(super) vertices: u64,
}

impl Counts {
    pub(super) fn triangles(&self) -> u64 {
        self.layers.last().copied().unwrap_or(0)
    }

    /// The first vertex of slice z, or all of them behind the last.
    fn first_vertex(&self, row: usize) -> usize {
        self.rows.get(row).map_or(self.vertices as usize, |base| base[0] as usize)
    }
}

/// Which ambiguous faces of a cell (its number, its place) are joined.
pub(super) type Decide<'a> = &'a (dyn Fn(usize, [usize; 3]) -> usize + Sync);

/// The cells between what is inside and what is not.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    inside: &'a Mask,
    cases: &'static Cases,
    decide: Option<Decide<'a>>,
}

impl<'a> Cells<'a> {
    /// Without `decide`, what is inside is joined across every ambiguous face.
    pub(super) fn new(inside: &'a Mask, decide: Option<Decide<'a>>) -> Self {
        Self { inside, cases: Cases::get(), decide }
    }

    /// Counts what is there, and refuses nothing: the caller does.
    pub(super) fn count(&self, progress: &mut dyn Progress) -> Result<Counts, Error> {
        let [_, ny, nz] = self.inside.size_voxel();
        let mut rows: Vec<RowBase> = try_vec([0; 3], ny * nz, "places of vertices")?;
        let mut layers = try_vec(0, nz + 1, "places of triangles")?;
        let steps = rows.chunks_mut(LAYERS_PER_STEP * ny).zip(layers.chunks_mut(LAYERS_PER_STEP));
        for (step, (rows, layers)) in steps.enumerate() {
            let first = step * LAYERS_PER_STEP;
            checkpoint(progress, "count", first as f64 / nz as f64)?;
            par::each(rows.chunks_mut(ny).zip(layers), &|k, (rows, layer)| {
                *layer = self.count_layer(first + k, rows);
            });
        }
        // From how many to how many before.
        let mut vertices = 0u64;
        for count in rows.iter_mut().flatten() {
            let own = u64::from(*count);
            // Beyond `u32` the caller refuses before any of it is used.
            *count = vertices as u32;
            vertices += own;
        }
        let mut before = 0;
        for layer in &mut layers {
            let own = *layer;
            *layer = before;
            before += own;
        }
        Ok(Counts { rows, layers, vertices })
    }

    fn count_layer(&self, z: usize, rows: &mut [RowBase]) -> u64 {
        let mut triangles = 0;
        for (y, counts) in rows.iter_mut().enumerate() {
            *counts = [0; 3];
            let cell = CellRow::new(self.inside, y, z);
            for word in 0..self.inside.words_per_row() {
                for (count, bits) in counts.iter_mut().zip(cell.crossings(word)) {
                    *count += bits.count_ones();
                }
                cell.for_each(word, |number, x| {
                    triangles += u64::from(self.case(number, [x, y, z]).triangles);
                });
            }
        }
        triangles
    }

    /// Calls `place(axis, x, y, z)` for each vertex, in order, slice by slice and slices in parallel.
    pub(super) fn vertices(
        &self,
        counts: &Counts,
        place: &(dyn Fn(usize, [usize; 3]) -> [f32; 3] + Sync),
        progress: &mut dyn Progress,
    ) -> Result<Vec<[f32; 3]>, Error> {
        let [_, ny, nz] = self.inside.size_voxel();
        let mut positions = try_vec([0.0; 3], counts.vertices as usize, "the surface's vertices")?;
        let length = |z: usize| counts.first_vertex((z + 1) * ny) - counts.first_vertex(z * ny);
        layered(&mut positions, nz, &length, "vertices", progress, &|z, slice| {
            let mut slice = slice.iter_mut();
            for y in 0..ny {
                let row = CellRow::new(self.inside, y, z);
                for axis in 0..3 {
                    for word in 0..self.inside.words_per_row() {
                        let mut bits = row.crossings(word)[axis];
                        while bits != 0 {
                            let x = 64 * word + bits.trailing_zeros() as usize;
                            bits &= bits - 1;
                            if let Some(position) = slice.next() {
                                *position = place(axis, [x, y, z]);
                            }
                        }
                    }
                }
            }
        })?;
        Ok(positions)
    }

    /// The triangles, layer by layer; `flip` for left-handed grids.
    pub(super) fn triangles(
        &self,
        counts: &Counts,
        flip: bool,
        progress: &mut dyn Progress,
    ) -> Result<Vec<[u32; 3]>, Error> {
        let [_, ny, nz] = self.inside.size_voxel();
        let mut triangles =
            try_vec([0; 3], counts.triangles() as usize, "the surface's triangles")?;
        let length = |z: usize| match counts.layers.get(z..z + 2) {
            Some([from, to]) => (to - from) as usize,
            _ => 0,
        };
        layered(&mut triangles, nz, &length, "triangles", progress, &|z, layer| {
            let mut layer = layer.iter_mut();
            for y in 0..ny {
                self.fill_row(counts, y, z, flip, &mut layer);
            }
        })?;
        Ok(triangles)
    }

    fn fill_row(
        &self,
        counts: &Counts,
        y: usize,
        z: usize,
        flip: bool,
        layer: &mut std::slice::IterMut<'_, [u32; 3]>,
    ) {
        let cell = CellRow::new(self.inside, y, z);
        let ny = self.inside.size_voxel()[1];
        let base = |dy: usize, dz: usize, axis: usize| {
            counts.rows.get((z + dz) * ny + y + dy).map_or(0, |base| base[axis])
        };
        // The numbers of the vertices on the next cut edges of the four X, two Y and two Z rows. All cut
        // edges up to here were edges of cells that were drawn, so counting along is enough.
        let mut next = [
            base(0, 0, 0),
            base(1, 0, 0),
            base(0, 1, 0),
            base(1, 1, 0),
            base(0, 0, 1),
            base(0, 1, 1),
            base(0, 0, 2),
            base(1, 0, 2),
        ];
        let order = if flip { [0, 2, 1] } else { [0, 1, 2] };
        for word in 0..self.inside.words_per_row() {
            cell.for_each(word, |number, x| {
                let case = self.case(number, [x, y, z]);
                let step = &STEPS[number];
                let mut vertex = [0; 12];
                vertex[..8].copy_from_slice(&next);
                for (next, step) in next.iter_mut().zip(step) {
                    *next += step;
                }
                vertex[8..].copy_from_slice(&next[4..]);
                for edges in case.edges.iter().take(usize::from(case.triangles)) {
                    if let Some(triangle) = layer.next() {
                        *triangle = order.map(|k| vertex[usize::from(edges[k])]);
                    }
                }
            });
        }
    }

    #[inline]
    fn case(&self, number: usize, cell: [usize; 3]) -> &'static Case {
        let ambiguous = self.cases.ambiguous[number];
        if ambiguous == 0 {
            return self.cases.case(number, 0);
        }
        let joined = match self.decide {
            Some(decide) => decide(number, cell),
            None => (1 << ambiguous.count_ones()) - 1,
        };
        self.cases.case(number, joined)
    }
}

/// Which of the first eight edges a case cuts: how far the numbers go on.
static STEPS: [[u32; 8]; 256] = steps();

const fn steps() -> [[u32; 8]; 256] {
    const ENDS: [[u8; 2]; 8] = [[0, 1], [2, 3], [4, 5], [6, 7], [0, 2], [4, 6], [0, 4], [2, 6]];
    let mut steps = [[0; 8]; 256];
    let mut case = 0;
    while case < 256 {
        let mut k = 0;
        while k < 8 {
            steps[case][k] = ((case >> ENDS[k][0] ^ case >> ENDS[k][1]) & 1) as u32;
            k += 1;
        }
        case += 1;
    }
    steps
}

/// A part of `all` for each layer, in parallel.
fn layered<T: Send>(
    all: &mut [T],
    layers: usize,
    length: &dyn Fn(usize) -> usize,
    stage: &'static str,
    progress: &mut dyn Progress,
    fill: &(dyn Fn(usize, &mut [T]) + Sync),
) -> Result<(), Error> {
    let mut rest = all;
    for first in (0..layers).step_by(LAYERS_PER_STEP) {
        checkpoint(progress, stage, first as f64 / layers as f64)?;
        let mut parts = Vec::with_capacity(LAYERS_PER_STEP);
        for z in first..layers.min(first + LAYERS_PER_STEP) {
            let (part, behind) = rest.split_at_mut(length(z).min(rest.len()));
            rest = behind;
            parts.push((z, part));
        }
        par::each(parts.into_iter(), &|_, (z, part)| fill(z, part));
    }
    Ok(())
}

/// The row (y, z) and its neighbours at y + 1 and z + 1: empty where there are none.
pub(super) struct CellRow<'a> {
    /// At (y, z) = 00, 10, 01, 11.
    rows: [&'a [u64]; 4],
    /// Cells along x.
    cells: usize,
}

impl<'a> CellRow<'a> {
    pub(super) fn new(inside: &'a Mask, y: usize, z: usize) -> Self {
        let [nx, ny, nz] = inside.size_voxel();
        let row = |dy: usize, dz: usize| -> &[u64] {
            if y + dy < ny && z + dz < nz { inside.row(y + dy, z + dz) } else { &[] }
        };
        Self { rows: [row(0, 0), row(1, 0), row(0, 1), row(1, 1)], cells: nx - 1 }
    }

    /// A row's 64 voxels from x = 64 `word` on, and the 64 from one further on.
    #[inline]
    fn pair(row: &[u64], word: usize) -> [u64; 2] {
        let own = row.get(word).copied().unwrap_or(0);
        [own, own >> 1 | row.get(word + 1).copied().unwrap_or(0) << 63]
    }

    /// Ones where there is a cell, or an edge along x.
    #[inline]
    fn has_next(&self, word: usize) -> u64 {
        match self.cells.saturating_sub(64 * word) {
            left @ 0..64 => (1 << left) - 1,
            _ => u64::MAX,
        }
    }

    /// The edges along x, y and z that begin in this row and are cut.
    #[inline]
    pub(super) fn crossings(&self, word: usize) -> [u64; 3] {
        let [row, behind, above, _] = self.rows;
        let [own, next] = Self::pair(row, word);
        let to = |other: &[u64]| other.get(word).map_or(0, |bits| own ^ bits);
        [(own ^ next) & self.has_next(word), to(behind), to(above)]
    }

    /// Calls `draw(number, x)` for the cells of a word that are cut.
    #[inline]
    fn for_each(&self, word: usize, mut draw: impl FnMut(usize, usize)) {
        if self.rows[3].is_empty() {
            return;
        }
        let pairs = self.rows.map(|row| Self::pair(row, word));
        let all = pairs.iter().fold(u64::MAX, |all, [a, b]| all & a & b);
        let any = pairs.iter().fold(0, |any, [a, b]| any | a | b);
        let mut cut = any & !all & self.has_next(word);
        while cut != 0 {
            let x = cut.trailing_zeros();
            cut &= cut - 1;
            let mut number = 0;
            for (row, [a, b]) in pairs.iter().enumerate() {
                number |= (a >> x & 1 | (b >> x & 1) << 1) << (2 * row);
            }
            draw(number as usize & 255, 64 * word + x as usize);
        }
    }
}
