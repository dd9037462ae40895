//! `hounsfield resample`

use std::path::Path;

use hounsfield::{
    Error, Mask, Note, Progress, Volume, Voxels, check,
    labels::Labels,
    nifti::{write_described_labels_to, write_described_volume_to},
    prepare::{Prepared, apply},
    progress::Part,
    volume::PADDING_BELOW_HU,
};

use crate::{args, failure::Failure, labels, output, progress::Bar, scan};

/// Labels that a file of 8 bits can hold again.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) numbers: Vec<u8>,
    pub(crate) colours: Vec<Option<[u8; 3]>>,
    pub(crate) masks: Vec<Mask>,
    pub(crate) notes: Vec<Note>,
}

impl Given {
    /// Of a file on the grid of `target`.
    pub(crate) fn read(
        path: &Path,
        target: &Volume,
        progress: &mut dyn Progress,
    ) -> Result<Self, Failure> {
        let Labels { found, notes } = labels::read(path, target.grid(), progress)?;
        let mut given = Self { notes, ..Self::default() };
        for label in found {
            let number = u8::try_from(label.label).map_err(|_| {
                Failure::scan(
                    path,
                    Error::BadParameter {
                        name: "a label",
                        value: label.label.to_string(),
                        expected: "labels that are written again must be from 1 to 255",
                    },
                )
            })?;
            given.numbers.push(number);
            given.colours.push(label.colour);
            given.masks.push(label.mask);
        }
        Ok(given)
    }

    /// The numbers, and the masks as they are after the steps.
    pub(crate) fn with<'a>(&self, done: &'a Prepared<'_>) -> Vec<(u8, &'a Mask)> {
        self.numbers.iter().copied().zip(done.masks.iter().map(|mask| &**mask)).collect()
    }
}

pub(crate) fn run(what: &args::Resample, quiet: bool) -> Result<(), Failure> {
    let lines = resample(what, &mut Bar::new(quiet))?;
    if what.output == Path::new("-") {
        return output::warn(&lines[1..]);
    }
    output::print(&lines.join("\n"))
}

fn resample(what: &args::Resample, bar: &mut dyn Progress) -> Result<Vec<String>, Failure> {
    let step = what.to.step().ok_or_else(|| {
        Failure::Usage("--spacing is missing: millimetres between voxels, as in --spacing 1".into())
    })?;
    let stdouts = [Some(&what.output), what.mask_out.as_ref()];
    if stdouts.into_iter().flatten().filter(|path| *path == Path::new("-")).count() > 1 {
        return Err(Failure::Usage("scan and mask cannot both go to standard output".into()));
    }
    let open = what.how.open(&what.scan, what.series.as_deref());
    let scan = scan::read(&open, &mut Part::new(bar, 0.0, 0.3))?;
    let failed = |error| Failure::scan(&what.scan, error);
    let volume = &scan.opened.volume;
    let given = match &what.mask {
        Some(mask) => Given::read(mask, volume, &mut Part::new(bar, 0.3, 0.4))?,
        None => Given::default(),
    };
    let start = Prepared::new(volume, &given.masks, &scan.opened.template);
    let limits = scan::limits();
    let done = apply(&step, start, &limits, &mut Part::new(bar, 0.4, 0.6)).map_err(failed)?;
    let about = check::summary(&scan.check);
    let (volume, template) = (&*done.volume, &*done.template);
    let mut writing = Part::new(bar, 0.6, 0.95);
    output::write_file(&what.output, |out| {
        write_described_volume_to(out, volume, template, &about, &mut writing).map(|_| ())
    })?;
    if let Some(path) = &what.mask_out {
        let labels = given.with(&done);
        let mut writing = Part::new(bar, 0.95, 1.0);
        output::write_file(path, |out| {
            write_described_labels_to(out, &labels, template, &about, &mut writing).map(|_| ())
        })?;
    }
    let mut lines = vec![format!("{}: {}", what.output.display(), size_of(volume))];
    if has_padding(&scan.opened.volume) && !what.to.blend_padding {
        lines.push(
            "note      padding (below -1024 HU) is not mixed with what lies beside it; --blend-padding does"
                .into(),
        );
    }
    lines.extend(given.notes.iter().map(|note| format!("note      {}", note.message)));
    lines.extend(scan::fails(&scan.check));
    Ok(lines)
}

/// "360 × 360 × 332 voxels of 1 × 1 × 1 mm, int16"
pub(crate) fn size_of(volume: &Volume) -> String {
    let grid = volume.grid();
    let [nx, ny, nz] = grid.size_voxel();
    let [x, y, z] = grid.spacing_mm().map(|mm| (mm * 1e4).round() / 1e4);
    let kind = match volume.voxels() {
        Voxels::I16(_) => "int16",
        Voxels::F32(_) => "float32",
    };
    format!("{nx} × {ny} × {nz} voxels of {x} × {y} × {z} mm, {kind}")
}

fn has_padding(volume: &Volume) -> bool {
    match volume.voxels() {
        Voxels::I16(voxels) => voxels.iter().any(|value| *value < PADDING_BELOW_HU),
        Voxels::F32(voxels) => voxels.iter().any(|value| *value < f32::from(PADDING_BELOW_HU)),
    }
}
