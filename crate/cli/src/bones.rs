//! `hounsfield bones`

use std::path::Path;

use hounsfield::{
    Progress,
    bones::{self, BonesRun, Report},
    check::CheckItem,
    progress::Part,
};
use hounsfield_formats::segment::Anatomy;
use serde::Serialize;

use crate::{args, failure::Failure, mask, output, progress::Bar, scan};

/// Parts that the short report lists.
const LISTED_PARTS: usize = 12;

/// The report of the npm package, and the CT check of the scan.
#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    report: Report,
    check: Vec<CheckItem>,
}

pub(crate) fn run(what: &args::Bones, quiet: bool) -> Result<(), Failure> {
    let to_stdout = what.output.as_ref().is_some_and(|output| output.path == Path::new("-"));
    if to_stdout && what.json {
        return Err(Failure::Usage("--json and -o - cannot both write to standard output".into()));
    }
    let result = segment(what, &mut Bar::new(quiet))?;
    match (what.json, to_stdout) {
        (true, _) => output::print_json(&result),
        (false, true) => output::warn(&scan::fails(&result.check)),
        (false, false) => output::print(&text(&result)),
    }
}

fn segment(what: &args::Bones, bar: &mut dyn Progress) -> Result<Checked, Failure> {
    let scan = scan::read(&what.open, &mut Part::new(bar, 0.0, 0.4))?;
    if let Some(output) = &what.output {
        mask::refuse_early(output.format, &scan)?;
    }
    let run = bones::run(&scan.opened.volume, &what.params(), &mut Part::new(bar, 0.4, 0.9));
    let BonesRun { mask, mut report, .. } =
        run.map_err(|error| Failure::scan(&scan.found.name, error))?;
    if let Some(output) = &what.output {
        mask::write(output, &[(Anatomy::Bone, &mask)], &scan, &mut Part::new(bar, 0.9, 1.0))?;
    }
    // What the file said stands beside what the recipe assumed.
    report.notes.splice(0..0, scan.opened.info.notes);
    Ok(Checked { report, check: scan.check })
}

fn text(Checked { report, check }: &Checked) -> String {
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
    lines.extend(scan::fails(check));
    lines.push("Research use only, not a medical device.".into());
    lines.join("\n")
}
