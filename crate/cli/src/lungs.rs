//! `hounsfield lungs`

use std::path::Path;

use hounsfield::{
    Error, Progress, Volume, Voxels,
    check::{self, CheckItem},
    error::try_vec,
    lungs::{self, AIRWAYS, LEFT, LungsRun, RIGHT, Report, Side},
    nifti::write_described_volume_to,
    progress::Part,
};
use serde::Serialize;

use crate::{args, failure::Failure, output, progress::Bar, scan};

/// The report of the npm package, and the CT check of the scan.
#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    report: Report,
    check: Vec<CheckItem>,
}

pub(crate) fn run(what: &args::Lungs, quiet: bool) -> Result<(), Failure> {
    let to_stdout = what.output.as_ref().is_some_and(|output| output == Path::new("-"));
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
    let run = lungs::run(&scan.opened.volume, &what.params(), &mut Part::new(bar, 0.4, 0.9))
        .map_err(|error| Failure::scan(&scan.found.name, error))?;
    if let Some(path) = &what.output {
        let summary = check::summary(&scan.check);
        let map = label_map(&run, &scan.opened.volume)
            .map_err(|error| Failure::scan(&scan.found.name, error))?;
        let mut writing = Part::new(bar, 0.9, 1.0);
        output::write_file(path, |out| {
            write_described_volume_to(out, &map, &scan.opened.template, &summary, &mut writing)
                .map(|_| ())
        })?;
    }
    let mut report = run.report;
    // What the file said stands beside what the recipe assumed.
    report.notes.splice(0..0, scan.opened.info.notes);
    Ok(Checked { report, check: scan.check })
}

/// 1 left, 2 right, 3 airways.
fn label_map(run: &LungsRun, volume: &Volume) -> Result<Volume, Error> {
    let grid = volume.grid();
    let [nx, ny, _] = grid.size_voxel();
    let mut labels = try_vec(0_i16, grid.voxel_count(), "a label map")?;
    let masks =
        [(LEFT, Some(&run.left)), (RIGHT, Some(&run.right)), (AIRWAYS, run.airways.as_ref())];
    for (label, mask) in masks {
        let Some(mask) = mask else { continue };
        for (at, row) in labels.chunks_exact_mut(nx).enumerate() {
            let bits = mask.row(at % ny, at / ny);
            for (x, voxel) in row.iter_mut().enumerate() {
                if bits.get(x / 64).is_some_and(|word| word >> (x % 64) & 1 == 1) {
                    *voxel = label.into();
                }
            }
        }
    }
    Volume::new(grid.clone(), Voxels::I16(labels))
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
