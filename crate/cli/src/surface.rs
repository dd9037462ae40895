//! `hounsfield surface`

use std::path::{Path, PathBuf};

use hounsfield::{
    Error, Progress,
    check::{CheckItem, summary},
    labels::{About, Label, split},
    progress::Part,
    surface::{self, Surface, SurfaceMeasures},
};
use hounsfield_formats::surfaces;
use serde::Serialize;

use crate::{args, failure::Failure, labels, output, progress::Bar, scan};

/// A surface's name and numbers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    name: String,
    #[serde(flatten)]
    measures: SurfaceMeasures,
    /// Of a decimated one, to the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    deviation_mm: Option<f64>,
}

/// Every part, and the CT check of the scan.
#[derive(Serialize)]
struct Checked {
    parts: Vec<Measured>,
    check: Vec<CheckItem>,
}

/// What was asked for.
struct Drawn {
    surfaces: Vec<Surface>,
    /// How the CT check of the scan came out; nothing for labels by themselves, which are no scan.
    check: Vec<CheckItem>,
    /// Where the file's first voxel lies.
    apex_ras_mm: [f64; 3],
}

pub(crate) fn run(what: &args::Surface, quiet: bool) -> Result<(), Failure> {
    let to_stdout = what.output.as_ref().is_some_and(|output| output.path == Path::new("-"));
    if to_stdout && what.json {
        return Err(Failure::Usage("--json and -o - cannot both write to standard output".into()));
    }
    let Drawn { mut surfaces, check, apex_ras_mm } = draw(what, &mut Bar::new(quiet))?;
    let name = what.open.paths.first().map(PathBuf::as_path).unwrap_or(Path::new("-"));
    let failed = |error| Failure::scan(name, error);
    let mut parts = Vec::new();
    for surface in &mut surfaces {
        // An open surface's volume depends on it; other programs take the file's first voxel.
        surface.apex_ras_mm = apex_ras_mm;
        if !check.is_empty() {
            surface.set_ct_check(&summary(&check));
        }
        let measures = surface.measures().map_err(failed)?;
        let (name, deviation_mm) = (surface.name.clone(), surface.deviation_mm);
        parts.push(Measured { name, measures, deviation_mm });
    }
    if let Some(file) = &what.output {
        let bytes = surfaces::encode(&surfaces, file.format, &mut ()).map_err(failed)?;
        output::write_file(&file.path, |out| {
            out.write_all(&bytes).map_err(|error| Error::Unwritable { reason: error.to_string() })
        })?;
    }
    let result = Checked { parts, check };
    match (what.json, to_stdout) {
        (true, _) => output::print_json(&result),
        (false, true) => output::warn(&scan::fails(&result.check)),
        (false, false) => output::print(&text(&result)),
    }
}

fn draw(what: &args::Surface, bar: &mut dyn Progress) -> Result<Drawn, Failure> {
    let scan = scan::read(&what.open, &mut Part::new(bar, 0.0, 0.4))?;
    let (name, volume) = (&scan.found.name, &scan.opened.volume);
    let axes = scan.opened.template.axes();
    let apex_ras_mm = axes.ras_from_file(volume.grid()).map(|row| row[3]);
    let params = what.params();
    if what.level.is_some() {
        let mut surface = surface::of(volume, None, &params, &mut Part::new(bar, 0.4, 1.0))
            .map_err(|error| Failure::scan(name, error))?;
        surface.name = labels::stem(name);
        return Ok(Drawn { surfaces: vec![surface], check: scan.check, apex_ras_mm });
    }
    let mut drawn = Vec::new();
    if what.mask.is_empty() {
        let found = split(volume, volume.grid(), &About::default())
            .map_err(|error| Failure::scan(name, error))?;
        add(name, &found.found, volume, &params, &mut Part::new(bar, 0.4, 1.0), &mut drawn)?;
        return Ok(Drawn { surfaces: drawn, check: Vec::new(), apex_ras_mm });
    }
    let share = 0.6 / what.mask.len() as f64;
    for (k, file) in what.mask.iter().enumerate() {
        let start = 0.4 + share * k as f64;
        let mut bar = Part::new(bar, start, start + share);
        let found = labels::read(file, volume.grid(), &mut Part::new(&mut bar, 0.0, 0.3))?.found;
        add(file, &found, volume, &params, &mut Part::new(&mut bar, 0.3, 1.0), &mut drawn)?;
    }
    Ok(Drawn { surfaces: drawn, check: scan.check, apex_ras_mm })
}

/// Draws a file's labels. One by itself has the file's name.
fn add(
    file: &Path,
    found: &[Label],
    volume: &hounsfield::Volume,
    params: &surface::SurfaceParams,
    progress: &mut dyn Progress,
    drawn: &mut Vec<Surface>,
) -> Result<(), Failure> {
    let failed = |error| Failure::scan(file, error);
    if found.is_empty() {
        return Err(failed(Error::BadParameter {
            name: "the mask",
            value: "empty".into(),
            expected: "there is nothing to draw: at least one voxel must be inside",
        }));
    }
    for (k, Label { label, mask, .. }) in found.iter().enumerate() {
        let part = |k: usize| k as f64 / found.len() as f64;
        let mut progress = Part::new(progress, part(k), part(k + 1));
        let mut surface = surface::of(volume, Some(mask), params, &mut progress).map_err(failed)?;
        surface.name = labels::name(file, *label, found.len() == 1);
        drawn.push(surface);
    }
    Ok(())
}

fn text(Checked { parts, check }: &Checked) -> String {
    let mut lines = Vec::new();
    for Measured { name, measures, deviation_mm } in parts {
        let apart = deviation_mm.map(|mm| format!(", at most {mm:.2} mm from the undecimated one"));
        lines.push(format!(
            "{name:11} {} triangles, {:.1} cm², {}{}",
            measures.triangles,
            measures.area_mm2 / 100.0,
            if measures.watertight {
                format!("closed, {:.1} ml", measures.volume_mm3 / 1000.0)
            } else {
                format!("open along {} edges (--cap closes it)", measures.open_edges)
            },
            apart.unwrap_or_default()
        ));
    }
    lines.extend(scan::fails(check));
    lines.push("Research use only, not a medical device.".into());
    lines.join("\n")
}
