//! From links and candidates to parents and edges, once the labels around a slice are known.

use super::slab::{Candidate, Pending, Seam, Slab, out_of_memory};
use crate::Error;

impl Slab<'_> {
    /// Turns the pending links and the candidates of slice z into parents and edges. The labels of
    /// slices z − 1, z and z + 1 are there, but for those of other slabs.
    pub(super) fn resolve(&mut self, z: usize) -> Result<(), Error> {
        let offsets = self.offsets(z);
        let parity = z % 2;
        let own_plane = self.slot(z) * self.plane;
        let pending = std::mem::take(&mut self.pending[parity]);
        for &Pending { label, place, bit } in &pending {
            match self.seam(z, bit) {
                None => {
                    let target = (place as usize).wrapping_add_signed(offsets[bit as usize]);
                    self.parents[label as usize] = self.labels[target];
                }
                Some(_) => {
                    let target = self.place_in_plane(place, bit);
                    if let Some(seam) = self.seam_mut(z, bit) {
                        seam.links.push((label, target));
                    }
                }
            }
        }
        self.pending[parity] = pending;
        let candidates = std::mem::take(&mut self.candidates[parity]);
        self.edges
            .ends
            .try_reserve(candidates.len() * 13)
            .and_then(|()| self.edges.levels.try_reserve(candidates.len() * 13))
            .map_err(|_| out_of_memory(candidates.len() * 13))?;
        for &Candidate { place, mut left, level } in &candidates {
            let label = self.labels[own_plane + place as usize];
            while left & self.local.eligible != 0 {
                let eligible = left & self.local.eligible;
                let bit = eligible.trailing_zeros();
                if self.seam(z, bit).is_some() {
                    let target = self.place_in_plane(place, bit);
                    if let Some(seam) = self.seam_mut(z, bit) {
                        seam.edges.push((label, target, level));
                    }
                } else {
                    let target = (place as usize).wrapping_add_signed(offsets[bit as usize]);
                    let other = self.labels[target];
                    if other != label {
                        self.edges.push(label, other, level);
                    }
                }
                left &= !self.local.flood(eligible & eligible.wrapping_neg(), left);
            }
        }
        self.candidates[parity] = candidates;
        Ok(())
    }

    /// Does neighbour `bit` of a voxel in slice z lie in another slab?
    fn seam(&self, z: usize, bit: u32) -> Option<()> {
        let beyond = (z == self.z0 && bit < 9) || (z + 1 == self.z1 && bit >= 18);
        beyond.then_some(())
    }

    fn seam_mut(&mut self, z: usize, bit: u32) -> Option<&mut Seam> {
        if z == self.z0 && bit < 9 {
            Some(&mut self.below)
        } else if z + 1 == self.z1 && bit >= 18 {
            Some(&mut self.above)
        } else {
            None
        }
    }

    /// The place, within its own plane, of neighbour `bit`.
    fn place_in_plane(&self, place: u32, bit: u32) -> u32 {
        let (dy, dx) = (bit as usize / 3 % 3, bit as usize % 3);
        (place as usize + dy * self.stride + dx - self.stride - 1) as u32
    }
}
