//! `hounsfield curve`

use std::fmt::Write;

use hounsfield::{
    bones,
    check::{CheckItem, summary},
    curve::{Choice, Curve},
    progress::Part,
};
use serde::Serialize;

use crate::{args, failure::Failure, output, progress::Bar, scan};

/// What `curve()` gives in the npm package, and the CT check of the scan.
#[derive(Serialize)]
struct CurveAndChoice {
    curve: Curve,
    choice: Choice,
    check: Vec<CheckItem>,
}

pub(crate) fn run(what: &args::Curve, quiet: bool) -> Result<(), Failure> {
    let result = count(what, &mut Bar::new(quiet))?;
    if what.json {
        output::print_json(&result)
    } else if what.csv {
        output::warn(&scan::fails(&result.check))?;
        output::print(csv(&result).trim_end())
    } else {
        output::print(&text(&result))
    }
}

fn count(what: &args::Curve, bar: &mut Bar) -> Result<CurveAndChoice, Failure> {
    let scan = scan::read(&what.open, &mut Part::new(bar, 0.0, 0.7))?;
    let mut counting = Part::new(bar, 0.7, 1.0);
    let (curve, choice) =
        bones::curve_and_choice(&scan.opened.volume, what.neighbourhood.into(), &mut counting)
            .map_err(|error| Failure::scan(&scan.found.name, error))?;
    Ok(CurveAndChoice { curve, choice, check: scan.check })
}

/// The last column is how the CT check came out, on every row: no row is taken away without it.
fn csv(CurveAndChoice { curve, check, .. }: &CurveAndChoice) -> String {
    let mut text = String::from("thresholdHu,components,voxels,largestVoxels,ctCheck\n");
    let check = summary(check).replace(',', ";");
    let thresholds = curve.first_hu..;
    let columns = curve.components.iter().zip(&curve.voxels).zip(&curve.largest_voxels);
    for (threshold, ((components, voxels), largest)) in thresholds.zip(columns) {
        // A String takes everything.
        let _ = writeln!(text, "{threshold},{components},{voxels},{largest},{check}");
    }
    text
}

fn text(CurveAndChoice { choice, check, .. }: &CurveAndChoice) -> String {
    let mut lines = vec![format!("chosen    {} HU: {}", choice.threshold_hu, choice.reason)];
    for other in &choice.others {
        let hu = other.threshold_hu.map_or_else(|| "none".into(), |hu| format!("{hu} HU"));
        lines.push(format!("another   {hu}: {}", other.reason));
    }
    lines.extend(scan::fails(check));
    lines.join("\n")
}
