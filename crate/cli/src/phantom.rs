//! `hounsfield phantom`

use std::{fs, path::Path};

use hounsfield::{
    Progress, Voxels,
    nifti::{self, Template},
    phantom::{self, Structure, Truth},
    progress::Part,
};

use crate::{args, failure::Failure, output, progress::Bar};

const STRUCTURES: [(Structure, &str); 9] = [
    (Structure::Bones, "bones"),
    (Structure::LungLeft, "lung_left"),
    (Structure::LungRight, "lung_right"),
    (Structure::Airways, "airways"),
    (Structure::Heart, "heart"),
    (Structure::Aorta, "aorta"),
    (Structure::Vessels, "vessels"),
    (Structure::CostalCartilage, "costal_cartilage"),
    (Structure::SpinalCanal, "spinal_canal"),
];

pub(crate) fn run(what: &args::Phantom, quiet: bool) -> Result<(), Failure> {
    let bar: &mut dyn Progress = &mut Bar::new(quiet);
    let failed = |error| Failure::scan(&what.output, error);
    let phantom = phantom::Phantom::new(what.params()).map_err(failed)?;
    let scan = phantom.render(&mut Part::new(bar, 0.0, 0.5)).map_err(failed)?;
    let template = Template::of_grid(scan.volume.grid()).map_err(failed)?;
    let Voxels::I16(hu) = scan.volume.voxels() else { return Ok(()) };
    let mut writing = Part::new(bar, 0.5, 0.9);
    output::write_file(&what.output, |out| {
        nifti::write_volume_i16_to(out, hu, &template, &mut writing).map(|_| ())
    })?;
    if let Some(folder) = &what.truth {
        write_truth(&scan.truth, folder, &template, &mut Part::new(bar, 0.9, 1.0))?;
    }
    Ok(())
}

fn write_truth(
    truth: &Truth,
    folder: &Path,
    template: &Template,
    progress: &mut dyn Progress,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let share = 1.0 / STRUCTURES.len() as f64;
    for (k, (structure, name)) in STRUCTURES.into_iter().enumerate() {
        let mask = truth.mask(structure).map_err(|error| Failure::scan(folder, error))?;
        let mut writing = Part::new(progress, k as f64 * share, (k as f64 + 1.0) * share);
        output::write_file(&folder.join(format!("{name}.nii.gz")), |out| {
            nifti::write_mask_to(out, &mask, template, &mut writing).map(|_| ())
        })?;
    }
    Ok(())
}
