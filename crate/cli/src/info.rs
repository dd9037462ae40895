//! `hounsfield info`

use hounsfield::{
    bones,
    check::{CheckItem, Status},
    info::{HeldAs, Info},
};
use hounsfield_formats::{catalogue::Listing, openable::SeriesInfo};
use serde::Serialize;

use crate::{args, failure::Failure, output, progress::Bar, scan, source};

/// Names of files left out for one reason that the short report gives.
const NAMED_FILES: usize = 3;

/// `ScanInfo` of the npm package, and what it was chosen from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScanInfo {
    name: String,
    #[serde(flatten)]
    info: Info,
    /// Peak bytes while bones are segmented.
    peak_bytes: u64,
    /// Bytes this machine can give.
    limit_bytes: u64,
    /// Of the listing's series, the one that all this is about.
    series: String,
    /// The CT check; `null` when no voxels were read.
    check: Option<Vec<CheckItem>>,
    listing: Listing,
}

pub(crate) fn run(what: &args::Info, quiet: bool) -> Result<(), Failure> {
    let (found, info, check) = look(what, &mut Bar::new(quiet))?;
    let voxels = info.size_voxel.iter().map(|n| *n as u64).product();
    let peak_bytes = bones::peak_bytes(voxels, info.held_as == HeldAs::F32);
    let scan::Found { name, listing, series, .. } = found;
    let info = ScanInfo {
        name: source::label(&name),
        info,
        peak_bytes,
        limit_bytes: scan::available_bytes(),
        series,
        check,
        listing,
    };
    if what.json { output::print_json(&info) } else { output::print(&text(&info)) }
}

fn look(
    what: &args::Info,
    bar: &mut Bar,
) -> Result<(scan::Found, Info, Option<Vec<CheckItem>>), Failure> {
    if what.header_only {
        let found = scan::find(&what.open, bar)?;
        let info = found.plan.info.clone();
        return Ok((found, info, None));
    }
    let scan = scan::read(&what.open, bar)?;
    Ok((scan.found, scan.opened.info, Some(scan.check)))
}

fn text(scan: &ScanInfo) -> String {
    let ScanInfo { name, info, peak_bytes, listing, .. } = scan;
    let [nx, ny, nz] = info.size_voxel;
    let [dx, dy, dz] = info.spacing_mm;
    let [a, b, c, d, e, f, g, h, i, j, k, l] = info.ras_from_voxel;
    let mut lines = vec![
        format!("{name}: {}, {} voxels, axes {}", info.format, info.stored_type, info.file_axes),
        format!("size      {nx} × {ny} × {nz} voxels"),
        format!("spacing   {dx:.4} × {dy:.4} × {dz:.4} mm"),
        format!(
            "extent    {:.1} × {:.1} × {:.1} mm",
            nx as f64 * dx,
            ny as f64 * dy,
            nz as f64 * dz
        ),
        format!("affine    {a:9.4} {b:9.4} {c:9.4} {d:10.3}"),
        format!("          {e:9.4} {f:9.4} {g:9.4} {h:10.3}"),
        format!("          {i:9.4} {j:9.4} {k:9.4} {l:10.3}"),
        format!(
            "memory    {} MB open, {} MB while bones are found",
            info.volume_bytes.div_ceil(1_000_000),
            peak_bytes.div_ceil(1_000_000)
        ),
    ];
    lines.extend(info.notes.iter().map(|note| format!("note      {}", note.message)));
    lines.extend(scan.check.iter().flatten().map(check_line));
    if listing.series.len() > 1 {
        lines.push(format!("series    {}", listing.reason));
        lines.extend(listing.series.iter().map(|one| series_line(one, one.id == scan.series)));
    }
    for left_out in &listing.left_out {
        let mut names = left_out.names.iter().take(NAMED_FILES).cloned().collect::<Vec<_>>();
        if left_out.count > names.len() {
            names.push("…".into());
        }
        lines.push(format!(
            "left out  {} × {} ({})",
            left_out.count,
            left_out.reason,
            names.join(", ")
        ));
    }
    lines.join("\n")
}

fn check_line(item: &CheckItem) -> String {
    let status = match item.status {
        Status::Pass => "pass",
        Status::Warn => "WARN",
        Status::Fail => "FAIL",
    };
    let value = if item.value.is_empty() { "" } else { ": " };
    // What is in order needs no sentence.
    let message = match item.status {
        Status::Pass => String::new(),
        Status::Warn | Status::Fail => format!("; {}", item.message),
    };
    format!("check     {status}  {}{value}{}{message}", item.title, item.value)
}

fn series_line(one: &SeriesInfo, chosen: bool) -> String {
    let [nx, ny, nz] = one.size_voxel;
    let [dx, dy, dz] = one.spacing_mm;
    let modality = if one.modality.is_empty() { "" } else { " " };
    format!(
        "        {} {}  {}{modality}{}, {nx} × {ny} × {nz} voxels of {dx:.3} × {dy:.3} × {dz:.3} mm, {} MB: {}",
        if chosen { '*' } else { ' ' },
        one.id,
        one.format,
        one.modality,
        one.volume_bytes.div_ceil(1_000_000),
        one.title
    )
}
