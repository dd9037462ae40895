//! From the slabs' basins and edges to counts at every level.

use super::slab::{Seam, Slab, VoxelList};
use super::{Curve, FIRST_HU, LEVELS, Sizes};
use crate::components::union_find::UnionFind;
use crate::{Error, Neighbourhood, error::try_vec, error::try_with_capacity};

const PURPOSE: &str = "the component curve";

/// Joins the slabs and sweeps the levels from the highest to the lowest.
pub(super) fn count(
    mut slabs: Vec<Slab<'_>>,
    neighbourhood: Neighbourhood,
    sizes: Option<Sizes>,
) -> Result<Curve, Error> {
    let first_labels = first_labels(&slabs);
    let mut births = [0_u32; LEVELS];
    let mut voxels = [0_u64; LEVELS];
    for slab in &slabs {
        for level in 0..LEVELS {
            births[level] += slab.births[level];
            voxels[level] += slab.voxels[level];
        }
    }
    let mut lists = Vec::new();
    for slab in &mut slabs {
        lists.extend(slab.list.take());
    }
    let basins = basins(&slabs, &first_labels)?;
    let edges = edges_by_level(&slabs, &first_labels, &basins.of_label)?;
    drop(slabs);
    let members = match sizes {
        Some(_) => Some(voxels_by_level(lists, &first_labels, &basins.of_label, &voxels)?),
        None => None,
    };
    sweep(&births, &voxels, &edges, basins.count, members.as_ref(), neighbourhood, sizes)
}

/// The number of labels in all slabs before each.
fn first_labels(slabs: &[Slab<'_>]) -> Vec<u32> {
    slabs
        .iter()
        .scan(0, |next, slab| {
            let first = *next;
            *next += slab.parents.len() as u32;
            Some(first)
        })
        .collect()
}

struct Basins {
    /// Basin 0, 1, 2 … of every label.
    of_label: Vec<u32>,
    count: usize,
}

/// Follows every label's links to its maximum.
fn basins(slabs: &[Slab<'_>], first_labels: &[u32]) -> Result<Basins, Error> {
    let total = slabs.iter().map(|slab| slab.parents.len()).sum();
    let mut parents: Vec<u32> = try_with_capacity(total, PURPOSE)?;
    for (slab, first) in slabs.iter().zip(first_labels) {
        parents.extend(slab.parents.iter().map(|parent| parent + first));
    }
    for (index, slab) in slabs.iter().enumerate() {
        for (seam, plane, first) in seams(slabs, first_labels, index, slab) {
            for &(label, place) in &seam.links {
                parents[(label + first_labels[index]) as usize] = plane[place as usize] + first;
            }
        }
    }
    // Links strictly ascend, so there is no cycle; halving the paths keeps them short.
    for label in 0..total {
        let mut at = parents[label] as usize;
        while parents[at] as usize != at {
            let up = parents[parents[at] as usize];
            parents[at] = up;
            at = up as usize;
        }
        parents[label] = at as u32;
    }
    let mut ids = try_vec(u32::MAX, total, PURPOSE)?;
    let mut count = 0;
    for label in 0..total {
        if parents[label] as usize == label {
            ids[label] = count;
            count += 1;
        }
    }
    for parent in &mut parents {
        *parent = ids[*parent as usize];
    }
    Ok(Basins { of_label: parents, count: count as usize })
}

/// The slab's two seams, each with the neighbour's plane and first label.
fn seams<'a>(
    slabs: &'a [Slab<'_>],
    first_labels: &[u32],
    index: usize,
    slab: &'a Slab<'_>,
) -> Vec<(&'a Seam, &'a [u32], u32)> {
    let below = index.checked_sub(1).and_then(|i| Some((i, slabs.get(i)?.last_plane())));
    let above = slabs.get(index + 1).map(|above| (index + 1, above.first_plane()));
    [(&slab.below, below), (&slab.above, above)]
        .into_iter()
        .filter_map(|(seam, other)| {
            let (other, plane) = other?;
            Some((seam, plane, *first_labels.get(other)?))
        })
        .collect()
}

/// Pairs of basins, sorted by level; those of level l are `pairs[start[l]..start[l + 1]]`.
struct ByLevel<T> {
    start: Vec<usize>,
    items: Vec<T>,
}

impl<T> ByLevel<T> {
    fn level(&self, level: usize) -> &[T] {
        &self.items[self.start[level]..self.start[level + 1]]
    }
}

fn starts_of(counts: &[u64; LEVELS]) -> Vec<usize> {
    let mut start = vec![0; LEVELS + 1];
    for level in 0..LEVELS {
        start[level + 1] = start[level] + counts[level] as usize;
    }
    start
}

/// A counting sort of all edges between different basins.
fn edges_by_level(
    slabs: &[Slab<'_>],
    first_labels: &[u32],
    basin: &[u32],
) -> Result<ByLevel<(u32, u32)>, Error> {
    let visit_all = |visit: &mut dyn FnMut(u32, u32, u16)| {
        for (index, slab) in slabs.iter().enumerate() {
            let own = first_labels[index];
            for (&(a, b), &level) in slab.edges.ends.iter().zip(&slab.edges.levels) {
                visit(basin[(a + own) as usize], basin[(b + own) as usize], level);
            }
            for (seam, plane, first) in seams(slabs, first_labels, index, slab) {
                for &(label, place, level) in &seam.edges {
                    let other = plane[place as usize] + first;
                    visit(basin[(label + own) as usize], basin[other as usize], level);
                }
            }
        }
    };
    let mut counts = [0_u64; LEVELS];
    visit_all(&mut |a, b, level| counts[usize::from(level)] += u64::from(a != b));
    let start = starts_of(&counts);
    let mut items = try_vec((0, 0), start[LEVELS], PURPOSE)?;
    let mut next = start.clone();
    visit_all(&mut |a, b, level| {
        if a != b {
            let slot = &mut next[usize::from(level)];
            items[*slot] = (a, b);
            *slot += 1;
        }
    });
    Ok(ByLevel { start, items })
}

/// The basin of every active voxel, sorted by level.
fn voxels_by_level(
    lists: Vec<VoxelList>,
    first_labels: &[u32],
    basin: &[u32],
    counts: &[u64; LEVELS],
) -> Result<ByLevel<u32>, Error> {
    let start = starts_of(counts);
    let mut items = try_vec(0, start[LEVELS], PURPOSE)?;
    let mut next = start.clone();
    for (list, first) in lists.into_iter().zip(first_labels) {
        for (label, level) in list.labels.into_iter().zip(list.levels) {
            let slot = &mut next[usize::from(level)];
            items[*slot] = basin[(label + first) as usize];
            *slot += 1;
        }
    }
    Ok(ByLevel { start, items })
}

fn sweep(
    births: &[u32; LEVELS],
    voxels: &[u64; LEVELS],
    edges: &ByLevel<(u32, u32)>,
    basins: usize,
    members: Option<&ByLevel<u32>>,
    neighbourhood: Neighbourhood,
    sizes: Option<Sizes>,
) -> Result<Curve, Error> {
    let mut parents = try_with_capacity(basins, PURPOSE)?;
    parents.extend(0..basins as u32);
    let mut sets = UnionFind::from_parents(parents);
    let mut part_sizes = PartSizes::new(basins, sizes)?;
    let with_sizes = if members.is_some() { LEVELS } else { 0 };
    let mut curve = Curve {
        first_hu: FIRST_HU,
        neighbourhood,
        components: vec![0; LEVELS],
        voxels: vec![0; LEVELS],
        largest_voxels: vec![0; with_sizes],
        large_components: vec![0; with_sizes],
    };
    let (mut components, mut total) = (0, 0);
    for level in (0..LEVELS).rev() {
        components += births[level];
        total += voxels[level];
        for &(a, b) in edges.level(level) {
            if let Some((kept, lost)) = sets.union(a, b) {
                components -= 1;
                part_sizes.join(kept, lost);
            }
        }
        curve.components[level] = components;
        curve.voxels[level] = total;
        if let Some(members) = members {
            for basin in members.level(level) {
                part_sizes.add(sets.find(*basin));
            }
            curve.largest_voxels[level] = part_sizes.largest;
            curve.large_components[level] = part_sizes.large;
        }
    }
    Ok(curve)
}

/// The sizes of the parts so far. Parts only grow and join, so the largest is a running maximum.
struct PartSizes {
    voxels: Vec<u64>,
    large_voxels: u64,
    largest: u64,
    large: u32,
}

impl PartSizes {
    fn new(basins: usize, sizes: Option<Sizes>) -> Result<Self, Error> {
        let large_voxels = sizes.map_or(1, |sizes| sizes.large_voxels.max(1));
        let voxels = try_vec(0, if sizes.is_some() { basins } else { 0 }, PURPOSE)?;
        Ok(Self { voxels, large_voxels, largest: 0, large: 0 })
    }

    fn add(&mut self, part: u32) {
        let voxels = &mut self.voxels[part as usize];
        *voxels += 1;
        self.large += u32::from(*voxels == self.large_voxels);
        self.largest = self.largest.max(*voxels);
    }

    fn join(&mut self, kept: u32, lost: u32) {
        if self.voxels.is_empty() {
            return;
        }
        let (a, b) = (self.voxels[kept as usize], self.voxels[lost as usize]);
        let large = |voxels| u32::from(voxels >= self.large_voxels);
        // Never below zero: each large part was counted when it became large.
        self.large = self.large + large(a + b) - large(a) - large(b);
        self.voxels[kept as usize] = a + b;
        self.largest = self.largest.max(a + b);
    }
}
