//! `hounsfield convert`

use std::path::Path;

use hounsfield::{check, nifti, progress::Part};

use crate::{args, failure::Failure, output, progress::Bar, scan};

/// What fits a NIfTI's `descrip` after the program's name.
const ABOUT_BYTES: usize = 67;

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
        let about = about(&scan);
        let (volume, template) = (&opened.volume, &opened.template);
        nifti::write_described_volume_to(out, volume, template, &about, &mut writing).map(|_| ())
    })?;
    Ok(scan)
}

/// What goes along with the values: how the CT check came out, and which planes nobody measured.
fn about(scan: &scan::Scan) -> String {
    let summary = check::summary(&scan.check);
    let made = scan.opened.info.facts.stack.as_ref().map_or(0, |stack| stack.made.len());
    let more = format!("; {made} made up");
    if made > 0 && summary.len() + more.len() <= ABOUT_BYTES { summary + &more } else { summary }
}
