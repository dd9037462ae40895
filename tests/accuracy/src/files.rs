//! Scans and masks from disk and back.

use std::fs::File;
use std::io::BufWriter;

use hounsfield::nifti::{self, Limits, NiftiFile, Template};
use hounsfield::{Mask, Volume};

use crate::Failure;

/// Reads a scan.
pub(crate) fn scan(path: &str) -> Result<NiftiFile, Failure> {
    let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    nifti::read(file, &Limits::default(), &mut ())
        .map_err(|error| format!("{path}: {error}").into())
}

/// Reads a mask: every voxel above 0, or those with one of the labels in `FILE:1,2`.
pub(crate) fn mask(path: &str) -> Result<Mask, Failure> {
    let (path, labels) = match path.rsplit_once(':') {
        Some((path, list)) if list.split(',').all(|label| label.parse::<i16>().is_ok()) => (
            path,
            Some(list.split(',').filter_map(|label| label.parse().ok()).collect::<Vec<i16>>()),
        ),
        _ => (path, None),
    };
    let volume = scan(path)?.volume;
    let hu = volume.hu()?;
    let [nx, ny, _] = volume.grid().size_voxel();
    let inside = |value: i16| labels.as_ref().map_or(value > 0, |labels| labels.contains(&value));
    Ok(Mask::from_fn(volume.grid().size_voxel(), |x, y, z| inside(hu[(z * ny + y) * nx + x]))?)
}

/// Writes a scan on its own grid.
pub(crate) fn write_scan(path: &str, volume: &Volume) -> Result<(), Failure> {
    let sink = BufWriter::new(File::create(path)?);
    nifti::write_volume_i16_to(sink, &volume.hu()?, &Template::of_grid(volume.grid())?, &mut ())?;
    Ok(())
}

/// Writes a mask on the grid of `like`.
pub(crate) fn write_mask(path: &str, mask: &Mask, like: &Volume) -> Result<(), Failure> {
    let sink = BufWriter::new(File::create(path)?);
    nifti::write_mask_to(sink, mask, &Template::of_grid(like.grid())?, &mut ())?;
    Ok(())
}
