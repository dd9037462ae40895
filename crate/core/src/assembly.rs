//! A volume from slices that arrive in any order.
//!
//! ```text
//! a file's slice k, i fastest ──put──▶ its closest-RAS place ──finish──▶ Volume + Template
//! ```
//!
//! Nothing is held twice: a slice is copied to where it belongs and forgotten. Slices of whole
//! numbers come as [`Slice::I16`]; at the first that does not fit, the volume begins anew as `f32`
//! and its slices are put once more. Headers foretell nearly all of these, and to read some slices
//! again costs less than to hold the volume twice.

use crate::{
    Error, Volume, Voxels,
    error::{try_vec, try_with_capacity},
    grid::Affine,
    info::HeldAs,
    nifti::{AxisMap, Limits, Scatter, Template},
};

/// The values of one slice, i fastest.
#[derive(Debug, Clone, PartialEq)]
pub enum Slice {
    /// All whole and within `i16`.
    I16(Vec<i16>),
    /// Anything else.
    F32(Vec<f32>),
}

/// A volume in the making.
#[derive(Debug)]
pub struct Assembly {
    file_size: [usize; 3],
    scatter: Scatter,
    template: Template,
    grid: crate::Grid,
    voxels: Voxels,
    fill: i16,
    limits: Limits,
}

impl Assembly {
    /// Room for `file_size` voxels along the file's i, j, k, all of them `fill` for now.
    ///
    /// # Errors
    /// [`Error::BadGrid`], [`Error::TooLarge`] before anything is allocated,
    /// [`Error::OutOfMemory`].
    pub fn new(
        file_size: [usize; 3],
        ras_from_file: &Affine,
        held_as: HeldAs,
        fill: i16,
        limits: Limits,
    ) -> Result<Self, Error> {
        let template = Template::of_file_grid(file_size, ras_from_file)?;
        let axes: &AxisMap = template.axes();
        let grid = axes.grid(file_size, ras_from_file)?;
        let count = grid.voxel_count();
        let voxels = room(held_as, count, fill, &limits)?;
        let scatter = Scatter::new(file_size, axes, file_size[0].saturating_mul(file_size[1]));
        Ok(Self { file_size, scatter, template, grid, voxels, fill, limits })
    }

    /// Puts the file's slice `k`. `false`: it is the first that does not fit into `i16`, and all
    /// that were put before are gone: they are to be put again.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a slice that the volume does not have,
    /// [`Error::SizeMismatch`] when it has another number of values, [`Error::TooLarge`] and
    /// [`Error::OutOfMemory`] when there is no room for `f32`.
    pub fn put(&mut self, k: usize, slice: &Slice) -> Result<bool, Error> {
        let [ni, nj, nk] = self.file_size;
        if k >= nk {
            return Err(Error::BadParameter {
                name: "slice",
                value: k.to_string(),
                expected: "it must be less than the number of slices",
            });
        }
        let found = match slice {
            Slice::I16(values) => values.len(),
            Slice::F32(values) => values.len(),
        };
        if found != ni * nj {
            return Err(Error::SizeMismatch {
                what: "a slice",
                found: [found, 1, 1],
                expected: [ni, nj, 1],
            });
        }
        let kept = !matches!((slice, &self.voxels), (Slice::F32(_), Voxels::I16(_)));
        if !kept {
            // First what there is is given back.
            self.voxels = Voxels::I16(Vec::new());
            self.voxels = room(HeldAs::F32, self.grid.voxel_count(), self.fill, &self.limits)?;
        }
        let start = k * ni * nj;
        match (slice, &mut self.voxels) {
            (Slice::I16(values), Voxels::I16(voxels)) => {
                self.scatter.put_rows(start, values, voxels)
            }
            (Slice::F32(values), Voxels::F32(voxels)) => {
                self.scatter.put_rows(start, values, voxels)
            }
            (Slice::I16(values), Voxels::F32(voxels)) => {
                let mut wide = try_with_capacity(values.len(), "a slice")?;
                wide.extend(values.iter().map(|value| f32::from(*value)));
                self.scatter.put_rows(start, &wide, voxels);
            }
            // Made anew above.
            (Slice::F32(_), Voxels::I16(_)) => {}
        }
        Ok(kept)
    }

    /// How the voxels are held by now.
    #[must_use]
    pub fn held_as(&self) -> HeldAs {
        match self.voxels {
            Voxels::I16(_) => HeldAs::I16,
            Voxels::F32(_) => HeldAs::F32,
        }
    }

    /// The volume, and what masks on it are written with.
    ///
    /// # Errors
    /// None so far.
    pub fn finish(self) -> Result<(Volume, Template), Error> {
        Ok((Volume::new(self.grid, self.voxels)?, self.template))
    }
}

fn room(held_as: HeldAs, count: usize, fill: i16, limits: &Limits) -> Result<Voxels, Error> {
    let needed_bytes = held_as.bytes().saturating_mul(count as u64);
    if needed_bytes > limits.memory_bytes {
        return Err(Error::TooLarge {
            needed_bytes,
            limit_bytes: limits.memory_bytes,
            hint: "crop or resample the scan first",
        });
    }
    Ok(match held_as {
        HeldAs::I16 => Voxels::I16(try_vec(fill, count, "the voxels")?),
        HeldAs::F32 => Voxels::F32(try_vec(f32::from(fill), count, "the voxels")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LPS, as DICOM has it: i to the Left, j Posterior, k Superior.
    const LPS: Affine = [[-2.0, 0.0, 0.0, 9.0], [0.0, -3.0, 0.0, 8.0], [0.0, 0.0, 4.0, 7.0]];

    fn assembly(limits: Limits) -> Assembly {
        Assembly::new([2, 3, 2], &LPS, HeldAs::I16, -2048, limits).unwrap()
    }

    #[test]
    fn slices_land_at_their_closest_ras_place_in_any_order() {
        let mut assembly = assembly(Limits::default());
        assembly.put(1, &Slice::I16(vec![10, 11, 12, 13, 14, 15])).unwrap();
        let (volume, template) = assembly.finish().unwrap();
        // Slice 0 never came.
        let expected = [-2048, -2048, -2048, -2048, -2048, -2048, 15, 14, 13, 12, 11, 10];
        assert_eq!(*volume.hu().unwrap(), expected);
        // File voxel (1, 2, 0) became voxel (0, 0, 0).
        assert_eq!(volume.grid().ras_of([0.0; 3]), [7.0, 2.0, 7.0]);
        assert_eq!(template.axes().letters(), "LPS");
    }

    #[test]
    fn at_a_slice_of_fractions_the_volume_begins_anew() {
        let mut assembly = assembly(Limits::default());
        assert!(assembly.put(0, &Slice::I16(vec![1; 6])).unwrap());
        assert!(!assembly.put(1, &Slice::F32(vec![0.5; 6])).unwrap());
        assert_eq!(assembly.held_as(), HeldAs::F32);
        let gone = [[-2048.0; 6], [0.5; 6]].concat();
        assert_eq!(assembly.voxels, Voxels::F32(gone));
        assert!(assembly.put(0, &Slice::I16(vec![3; 6])).unwrap());
        assert!(assembly.put(1, &Slice::F32(vec![0.5; 6])).unwrap());
        let (volume, _) = assembly.finish().unwrap();
        let expected = [[3.0; 6], [0.5; 6]].concat();
        assert_eq!(*volume.voxels(), Voxels::F32(expected));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_number() {
        let limits = Limits { memory_bytes: 30, source_bytes: None };
        let mut narrow = assembly(limits);
        let error = narrow.put(0, &Slice::F32(vec![0.5; 6])).unwrap_err();
        assert!(matches!(error, Error::TooLarge { needed_bytes: 48, .. }), "{error}");
        assert!(narrow.put(2, &Slice::I16(vec![0; 6])).is_err());
        assert!(narrow.put(0, &Slice::I16(vec![0; 5])).is_err());
        let none = Limits { memory_bytes: 23, source_bytes: None };
        assert!(Assembly::new([2, 3, 2], &LPS, HeldAs::I16, 0, none).is_err());
    }
}
