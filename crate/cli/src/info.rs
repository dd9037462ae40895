//! `hounsfield info`

use hounsfield::{
    bones,
    nifti::{HeldAs, Info},
};
use serde::Serialize;

use crate::{args, failure::Failure, output, scan};

/// `ScanInfo` of the npm package.
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
}

pub(crate) fn run(what: &args::Info) -> Result<(), Failure> {
    let info = scan::inspect(&what.file)?;
    let voxels = info.size_voxel.iter().map(|n| *n as u64).product();
    let peak_bytes = bones::peak_bytes(voxels, info.held_as == HeldAs::F32);
    let limit_bytes = scan::available_bytes();
    let info = ScanInfo { name: scan::label(&what.file), info, peak_bytes, limit_bytes };
    if what.json { output::print_json(&info) } else { output::print(&text(&info)) }
}

fn text(scan: &ScanInfo) -> String {
    let ScanInfo { name, info, peak_bytes, .. } = scan;
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
    lines.join("\n")
}
