//! Disjoint sets over `u32` ids; the lower id of two is the root, so results never depend on order.

/// A forest of parents.
#[derive(Debug, Default)]
pub(crate) struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// A forest from parents that never point upwards (`parent[i] <= i`).
    pub(crate) fn from_parents(parent: Vec<u32>) -> Self {
        Self { parent }
    }

    /// The root, halving the path on the way.
    #[inline]
    pub(crate) fn find(&mut self, mut id: u32) -> u32 {
        loop {
            let parent = self.parent[id as usize];
            if parent == id {
                return id;
            }
            let grandparent = self.parent[parent as usize];
            self.parent[id as usize] = grandparent;
            id = grandparent;
        }
    }

    /// Joins two sets; `None` when they were one already, else (kept root, lost root).
    #[inline]
    pub(crate) fn union(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return None;
        }
        let (kept, lost) = if a < b { (a, b) } else { (b, a) };
        self.parent[lost as usize] = kept;
        Some((kept, lost))
    }

    /// The parents, to be joined with another forest's.
    pub(crate) fn into_parents(self) -> Vec<u32> {
        self.parent
    }

    /// Renumbers the sets 0, 1, 2 … in the order of their roots; returns the label of every id and
    /// the number of sets. Needs `parent[i] <= i`, which [`UnionFind::union`] keeps.
    pub(crate) fn into_labels(mut self) -> (Vec<u32>, usize) {
        let mut count = 0;
        for id in 0..self.parent.len() {
            let parent = self.parent[id] as usize;
            self.parent[id] = if parent == id {
                count += 1;
                count - 1
            } else {
                // Lower, so already a label.
                self.parent[parent]
            };
        }
        (self.parent, count as usize)
    }
}
