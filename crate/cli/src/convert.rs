//! `hounsfield convert`

use std::path::Path;

use hounsfield::{nifti, progress::Part};

use crate::{args, failure::Failure, output, progress::Bar, scan};

pub(crate) fn run(what: &args::Convert, quiet: bool) -> Result<(), Failure> {
    let scan = write(what, &mut Bar::new(quiet))?;
    let info = &scan.opened.info;
    let fails = scan::fails(&scan.check);
    if what.output == Path::new("-") {
        return output::warn(&fails);
    }
    let [ni, nj, nk] = scan.opened.template.file_size();
    let mut lines = vec![format!(
        "{}: {ni} × {nj} × {nk} voxels, axes {}, from {}",
        what.output.display(),
        info.file_axes,
        info.format
    )];
    lines.extend(info.notes.iter().map(|note| format!("note      {}", note.message)));
    lines.extend(fails);
    output::print(&lines.join("\n"))
}

fn write(what: &args::Convert, bar: &mut Bar) -> Result<scan::Scan, Failure> {
    let scan = scan::read(&what.open, &mut Part::new(bar, 0.0, 0.6))?;
    let mut writing = Part::new(bar, 0.6, 1.0);
    output::write_file(&what.output, |out| {
        let opened = &scan.opened;
        nifti::write_volume_to(out, &opened.volume, &opened.template, &mut writing).map(|_| ())
    })?;
    Ok(scan)
}
