//! `hounsfield bones`

use std::path::Path;

use hounsfield::{
    Progress,
    bones::{self, BonesRun, Report},
    nifti,
    progress::Part,
};

use crate::{args, failure::Failure, output, progress::Bar, scan};

/// Parts that the short report lists.
const LISTED_PARTS: usize = 12;

pub(crate) fn run(what: &args::Bones, quiet: bool) -> Result<(), Failure> {
    let to_stdout = what.output.as_deref() == Some(Path::new("-"));
    if to_stdout && what.json {
        return Err(Failure::Usage("--json and -o - cannot both write to standard output".into()));
    }
    let report = segment(what, &mut Bar::new(quiet))?;
    match (what.json, to_stdout) {
        (true, _) => output::print_json(&report),
        (false, true) => Ok(()),
        (false, false) => output::print(&text(&report)),
    }
}

fn segment(what: &args::Bones, bar: &mut dyn Progress) -> Result<Report, Failure> {
    let scan = scan::read(&what.file, &mut Part::new(bar, 0.0, 0.4))?;
    let run = bones::run(&scan.volume, &what.params(), &mut Part::new(bar, 0.4, 0.9));
    let BonesRun { mask, mut report, .. } =
        run.map_err(|error| Failure::scan(&what.file, error))?;
    if let Some(path) = &what.output {
        let mut writing = Part::new(bar, 0.9, 1.0);
        output::write_file(path, |out| {
            nifti::write_mask_to(out, &mask, &scan.template, &mut writing).map(|_| ())
        })?;
    }
    // What the file said stands beside what the recipe assumed.
    report.notes.splice(0..0, scan.info.notes);
    Ok(report)
}

fn text(report: &Report) -> String {
    let mut lines = vec![
        format!("threshold   {} HU: {}", report.threshold_hu, report.choice.reason),
        format!(
            "bones       {:.1} ml in {} voxels, {} connected parts",
            report.volume_ml, report.voxels, report.components
        ),
    ];
    if !report.contrast.is_empty() {
        lines.push(format!("contrast    {}", report.contrast));
    }
    for part in report.parts.iter().take(LISTED_PARTS) {
        let verdict = if part.kept { "kept" } else { "dropped" };
        lines.push(format!("{verdict:11} {:.1} ml, {}: {}", part.volume_ml, part.kind, part.why));
    }
    if report.parts.len() > LISTED_PARTS {
        lines.push(format!(
            "            and {} smaller parts (--json lists them)",
            report.parts.len() - LISTED_PARTS
        ));
    }
    lines.extend(report.notes.iter().map(|note| format!("note        {}", note.message)));
    lines.push("Research use only, not a medical device.".into());
    lines.join("\n")
}
