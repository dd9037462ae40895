//! A volume while its planes come in, one at a time and in any order.

use hounsfield::{
    Assembly, Error, Info, Slice, Volume,
    nifti::{Limits, Template},
};

use crate::plan::{self, Part, Plan, Plane, ReaderKind};

/// What became of plane `k`.
pub(crate) type Outcome = (usize, Result<Option<Slice>, Error>);

/// A volume while planes come in.
pub(crate) struct Filling<'a> {
    plan: &'a Plan,
    assembly: Assembly,
    broken: Vec<(usize, Error)>,
    /// Planes that are in the volume.
    put: Vec<usize>,
    /// Planes that were, before it began anew.
    again: Vec<usize>,
    done: usize,
    /// How many are to be done, as far as is known.
    count: usize,
}

impl<'a> Filling<'a> {
    /// Nothing yet, of `count` planes.
    ///
    /// # Errors
    /// As [`Assembly::new`].
    pub(crate) fn of(plan: &'a Plan, count: usize, limits: &Limits) -> Result<Self, Error> {
        let held_as = plan.info.held_as;
        let assembly =
            Assembly::new(plan.file_size, &plan.ras_from_file, held_as, plan.fill, *limits)?;
        let (broken, put, again) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { plan, assembly, broken, put, again, done: 0, count })
    }

    /// Planes that went with a volume of another kind; each is told once.
    pub(crate) fn take_again(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.again)
    }

    /// How much is done.
    pub(crate) fn fraction(&self) -> f64 {
        self.done as f64 / self.count.max(1) as f64
    }

    /// Puts a plane to its place, or notes what is wrong with it.
    ///
    /// # Errors
    /// What ends the reading.
    pub(crate) fn take(&mut self, (k, plane): Outcome) -> Result<(), Error> {
        self.done += 1;
        match plane {
            Ok(Some(slice)) => {
                if !self.assembly.put(k, &slice)? {
                    self.again = std::mem::take(&mut self.put);
                    self.count += self.again.len();
                }
                self.put.push(k);
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error @ (Error::OutOfMemory { .. } | Error::Stopped)) => Err(error),
            Err(error) if self.is_one_stream() => Err(error),
            Err(error) => {
                self.broken.push((k, error));
                Ok(())
            }
        }
    }

    /// Is everything in one file that is either whole or not? DICOM has frames of their own.
    fn is_one_stream(&self) -> bool {
        let parts = || self.plan.planes.iter().flat_map(|plane: &Plane| &plane.parts);
        let first = parts().next().map(|part| &part.place);
        self.plan.reader != ReaderKind::Dicom
            && (self.plan.sequential || parts().all(|part| Some(&part.place) == first))
    }

    /// The volume, what masks on it are written with, and what is known of it.
    ///
    /// # Errors
    /// What is wrong with the first plane, when none could be read; [`Error::OutOfMemory`].
    pub(crate) fn finish(
        mut self,
        name_of: &dyn Fn(&Part) -> String,
    ) -> Result<(Volume, Template, Info), Error> {
        let covered = self.plan.planes.iter().filter(|plane| !plane.parts.is_empty()).count();
        self.broken.sort_by_key(|(k, _)| *k);
        if self.broken.len() >= covered
            && let Some((_, error)) = self.broken.first()
        {
            return Err(error.clone());
        }
        let mut info = self.plan.info.clone();
        info.held_as = self.assembly.held_as();
        let voxels = info.size_voxel.iter().map(|n| *n as u64).product::<u64>();
        info.volume_bytes = voxels.saturating_mul(info.held_as.bytes());
        let failed: Vec<(String, String)> = self
            .broken
            .iter()
            .map(|(k, error)| {
                let parts = self.plan.planes.get(*k).map_or(&[][..], |plane| &plane.parts);
                let names: Vec<String> = parts.iter().map(name_of).collect();
                (names.join(", "), error.to_string())
            })
            .collect();
        plan::note_broken(&mut info, &failed);
        let (volume, template) = self.assembly.finish()?;
        Ok((volume, template, info))
    }
}
