//! Edges by what their collapse costs, cheapest first, without sorting them.
//!
//! ```text
//! costs of 1 ≤ c < 1.008   ──▶ first ─▶ next ─▶ last      one list for each 128th of a power of two:
//! costs of 1.008 ≤ c < …   ──▶ first ─▶ last              what is in it costs the same within 1 %,
//!  ⋮                                                      and goes first come, first served
//! ```
//!
//! A heap of a million edges is slow not by its comparisons, but because each of them is in another
//! place of memory; lists are gone through as they were filled, which is how the surface lies.

use crate::{Error, error::try_vec};

const NONE: u32 = u32::MAX;
/// A list for each value of the upper half of a float that is not negative.
const LISTS: usize = 1 << 15;

/// An edge that may be collapsed: its ends, and how often these had changed when it was put here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) ends: [u32; 2],
    pub(super) stamp: u32,
}

#[derive(Debug)]
pub(super) struct Queue {
    /// The first and last entry of each list.
    lists: Vec<[u32; 2]>,
    /// Which lists hold something, a bit each.
    held: Vec<u64>,
    entries: Vec<(Edge, u32)>,
    /// The first entry that is not in use; `next` leads to others.
    free: u32,
}

impl Queue {
    /// With room for `edges`; more find theirs.
    pub(super) fn new(edges: usize) -> Result<Self, Error> {
        let purpose = "decimation";
        Ok(Self {
            lists: try_vec([NONE; 2], LISTS, purpose)?,
            held: try_vec(0, LISTS / 64, purpose)?,
            entries: crate::error::try_with_capacity(edges, purpose)?,
            free: NONE,
        })
    }

    pub(super) fn push(&mut self, cost: f64, edge: Edge) -> Result<(), Error> {
        // Costs are not negative; beyond what a float holds they are all alike.
        let list = ((cost as f32).to_bits() >> 16) as usize & (LISTS - 1);
        let entry = self.entry(edge)?;
        let [first, last] = &mut self.lists[list];
        if *first == NONE {
            *first = entry;
            self.held[list / 64] |= 1 << (list % 64);
        } else {
            self.entries[*last as usize].1 = entry;
        }
        *last = entry;
        Ok(())
    }

    fn entry(&mut self, edge: Edge) -> Result<u32, Error> {
        if self.free != NONE {
            let entry = self.free;
            let place = &mut self.entries[entry as usize];
            self.free = std::mem::replace(place, (edge, NONE)).1;
            return Ok(entry);
        }
        self.entries.try_reserve(1).map_err(|_| Error::OutOfMemory {
            bytes: 2 * size_of_val(self.entries.as_slice()) as u64,
            purpose: "decimation",
        })?;
        self.entries.push((edge, NONE));
        Ok(self.entries.len() as u32 - 1)
    }

    /// One of the cheapest.
    pub(super) fn pop(&mut self) -> Option<Edge> {
        let word = self.held.iter().position(|word| *word != 0)?;
        let list = 64 * word + self.held[word].trailing_zeros() as usize;
        let [first, _] = &mut self.lists[list];
        let entry = *first;
        let (edge, next) = &mut self.entries[entry as usize];
        *first = std::mem::replace(next, self.free);
        self.free = entry;
        if *first == NONE {
            self.held[word] &= !(1 << (list % 64));
        }
        Some(*edge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(stamp: u32) -> Edge {
        Edge { ends: [0, 1], stamp }
    }

    #[test]
    fn cheapest_first_and_of_equals_the_first() {
        let mut queue = Queue::new(2).unwrap();
        let costs = [3.0, 0.0, 1e-30, 3.001, 1e300, 0.0, 2.0, f64::INFINITY];
        for (stamp, cost) in costs.iter().enumerate() {
            queue.push(*cost, edge(stamp as u32)).unwrap();
        }
        let mut out = Vec::new();
        while let Some(Edge { stamp, .. }) = queue.pop() {
            out.push(stamp);
            if out.len() == 3 {
                queue.push(0.5, edge(9)).unwrap();
            }
        }
        assert_eq!(out, [1, 5, 2, 9, 6, 0, 3, 4, 7]);
        assert_eq!(queue.entries.len(), costs.len(), "places are used again");
        assert!(queue.pop().is_none());
    }
}
