//! `hounsfield lungs`

use std::path::Path;

use hounsfield::{
    Mask, Progress,
    check::CheckItem,
    lungs::{self, LungsRun, Report, Side},
    progress::Part,
};
use hounsfield_formats::segment::Anatomy;
use serde::Serialize;

use crate::{args, failure::Failure, mask, output, progress::Bar, scan};

/// The report of the npm package, and the CT check of the scan.
#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    report: Report,
    check: Vec<CheckItem>,
}

pub(crate) fn run(what: &args::Lungs, quiet: bool) -> Result<(), Failure> {
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

fn segment(what: &args::Lungs, bar: &mut dyn Progress) -> Result<Checked, Failure> {
    let scan = scan::read(&what.open, &mut Part::new(bar, 0.0, 0.4))?;
    if let Some(output) = &what.output {
        mask::refuse_early(output.format, &scan)?;
    }
    let run = lungs::run(&scan.opened.volume, &what.params(), &mut Part::new(bar, 0.4, 0.9));
    let LungsRun { left, right, airways, mut report } =
        run.map_err(|error| Failure::scan(&scan.found.name, error))?;
    if let Some(output) = &what.output {
        // In the order of the label map's numbers: 1 left, 2 right, 3 airways.
        let masks: Vec<(Anatomy, &Mask)> =
            [(Anatomy::LeftLung, &left), (Anatomy::RightLung, &right)]
                .into_iter()
                .chain(airways.as_ref().map(|airways| (Anatomy::Airway, airways)))
                .collect();
        mask::write(output, &masks, &scan, &mut Part::new(bar, 0.9, 1.0))?;
    }
    // What the file said stands beside what the recipe assumed.
    report.notes.splice(0..0, scan.opened.info.notes);
    Ok(Checked { report, check: scan.check })
}

fn text(Checked { report, check }: &Checked) -> String {
    let mut lines = vec![format!("result      {}", report.summary)];
    let mut side = |name: &str, side: &Side| {
        lines.push(format!("{name:11} {:.1} ml in {} voxels", side.volume_ml, side.voxels));
    };
    if report.found {
        side("left", &report.left);
        side("right", &report.right);
    }
    if let Some(airways) = report.airways.as_ref().filter(|airways| airways.voxels > 0) {
        side("airways", airways);
    }
    if let Some(share) = report.left_share {
        lines.push(format!("left share  {:.1} %", 100.0 * share));
    }
    lines.extend(report.flags.iter().map(|flag| format!("LOOK AT     {}", flag.message)));
    lines.extend(report.notes.iter().map(|note| format!("note        {}", note.message)));
    lines.extend(scan::fails(check));
    lines.push("Research use only, not a medical device.".into());
    lines.join("\n")
}
