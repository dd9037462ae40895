//! Runs the cases of `cases.json` natively. `run.js` does the same through the wasm builds, in Node
//! and in Chromium; all of them are held to the hashes in `goldens.json`.
//!
//! `UPDATE_GOLDEN=1 cargo test -p hounsfield-golden` rewrites the hashes after a change that is
//! meant to change results.

use std::collections::BTreeMap;

use hounsfield::{
    Error, Mask, Neighbourhood, Note, Volume, bones,
    check::{check, summary},
    curve,
    histogram::histogram,
    lungs,
    measure::{
        lungs::{contrast_note, measure_lungs},
        measure,
        table::{Named, table},
    },
    nifti::{Limits, Template, write_described_mask_to, write_described_volume_to},
    phantom::{Phantom, PhantomParams, facts},
    prepare::{self, facts_after},
    recipe::{self, Step},
    surface::{self, SurfaceParams},
};
use hounsfield_formats::surfaces;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One volume and what is done with it.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// Says what is special about it.
    pub name: String,
    phantom: PhantomCase,
    recipes: BTreeMap<String, Vec<Step>>,
    bones: BTreeMap<String, bones::BonesParams>,
    lungs: BTreeMap<String, lungs::LungsParams>,
    /// Of the scan and the mask of the recipe `of`.
    #[serde(default)]
    prepare: BTreeMap<String, Preparing>,
    /// Of the mask of the recipe `of`, or of the scan.
    #[serde(default)]
    surfaces: BTreeMap<String, Drawing>,
}

#[derive(Debug, Deserialize)]
struct Drawing {
    of: Option<String>,
    options: SurfaceParams,
}

#[derive(Debug, Deserialize)]
struct Preparing {
    of: String,
    steps: Vec<prepare::Step>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhantomCase {
    size_voxel: [usize; 3],
    spacing_mm: [f64; 3],
    seed: u64,
    contrast: bool,
    noise_hu: f64,
}

/// Hashes by what was hashed.
pub type Hashes = BTreeMap<String, String>;

/// Runs a case.
///
/// # Errors
/// The core's.
pub fn run(case: &Case) -> Result<Hashes, Error> {
    let PhantomCase { size_voxel, spacing_mm, seed, contrast, noise_hu } = case.phantom;
    let params = PhantomParams {
        size_voxel,
        spacing_mm,
        seed,
        contrast,
        noise_hu,
        ..PhantomParams::default()
    };
    let volume = Phantom::new(params)?.render(&mut ())?.volume;
    let mut hashes = Hashes::new();
    let voxels: Vec<u8> = volume.hu()?.iter().flat_map(|hu| hu.to_le_bytes()).collect();
    hashes.insert("voxels".into(), hash(&voxels));
    for size in [6, 18, 26] {
        hashes.insert(format!("curve {size}"), hash_curve(&volume, size)?);
    }
    let mut masks = BTreeMap::new();
    for (name, steps) in &case.recipes {
        let mask = recipe::run(steps, &volume, &mut ())?;
        hash_mask(&format!("recipe {name}"), &mask, &volume, &mut hashes)?;
        masks.insert(name.as_str(), mask);
    }
    let named: Vec<_> = masks.iter().map(|(name, mask)| Named { name, mask }).collect();
    hashes.insert("measures".into(), hash_json(&table(&volume, &named, &mut ())?));
    let inside = masks.first_key_value().map(|(_, mask)| mask);
    hashes.insert("histogram".into(), hash_json(&histogram(&volume, None, 1)?));
    hashes.insert("histogram of a mask".into(), hash_json(&histogram(&volume, inside, 25)?));
    for (name, Preparing { of, steps }) in &case.prepare {
        let mask = masks.get(of.as_str()).cloned();
        hash_prepared(&format!("prepare {name}"), steps, &volume, mask, &mut hashes)?;
    }
    for (name, Drawing { of, options }) in &case.surfaces {
        let mask = of.as_ref().and_then(|of| masks.get(of.as_str()));
        hash_surface(name, &volume, mask, options, &mut hashes)?;
    }
    for (name, params) in &case.bones {
        let run = bones::run(&volume, params, &mut ())?;
        hash_mask(&format!("bones {name}"), &run.mask, &volume, &mut hashes)?;
        let parts: Vec<String> = run
            .report
            .parts
            .iter()
            .map(|part| format!("{} {} {} {:?}", part.id, part.kept, part.kind, part.seed_voxel))
            .collect();
        let report =
            format!("{} {}\n{}", run.report.threshold_hu, run.report.components, parts.join("\n"));
        hashes.insert(format!("bones {name}, report"), hash(report.replace(' ', "").as_bytes()));
    }
    for (name, params) in &case.lungs {
        let run = lungs::run(&volume, params, &mut ())?;
        let mut measures = measure_lungs(&volume, &run.left, &run.right, &mut ())?;
        measures.notes.extend(contrast_note(&check(&volume, &facts())?));
        hashes.insert(format!("lungs {name}, measures"), hash_json(&measures));
        let masks =
            [("left", Some(run.left)), ("right", Some(run.right)), ("airways", run.airways)];
        for (part, mask) in masks {
            let Some(mask) = mask else { continue };
            let bits = mask.bytes_of_slices(0, size_voxel[2])?;
            hashes.insert(format!("lungs {name}, {part}"), hash(&bits));
        }
        let lungs::Report { summary, flags, notes, methods, .. } = run.report;
        let said = |note: &Note| note.message.clone();
        let words: Vec<String> = [summary]
            .into_iter()
            .chain(flags.iter().chain(&notes).map(said))
            .chain([methods])
            .collect();
        hashes.insert(format!("lungs {name}, report"), hash(words.join("\n").as_bytes()));
    }
    Ok(hashes)
}

/// The files: voxels as they are held, grid and remark.
fn hash_prepared(
    what: &str,
    steps: &[prepare::Step],
    volume: &Volume,
    mask: Option<Mask>,
    hashes: &mut Hashes,
) -> Result<(), Error> {
    let (masks, template) = (Vec::from_iter(mask), Template::of_grid(volume.grid())?);
    let lent = prepare::Prepared::new(volume, &masks, &template);
    let made = prepare::run(steps, lent, &Limits::default(), &mut ())?;
    let remark = summary(&check(&made.volume, &steps.iter().fold(facts(), facts_after))?);
    let file =
        write_described_volume_to(Vec::new(), &made.volume, &made.template, &remark, &mut ())?;
    hashes.insert(what.into(), hash(&file));
    for mask in &made.masks {
        let file = write_described_mask_to(Vec::new(), mask, &made.template, &remark, &mut ())?;
        hashes.insert(format!("{what}, mask"), hash(&file));
    }
    Ok(())
}

/// The arrays as they are drawn, the numbers, and files.
fn hash_surface(
    name: &str,
    volume: &Volume,
    mask: Option<&Mask>,
    options: &SurfaceParams,
    hashes: &mut Hashes,
) -> Result<(), Error> {
    let mut made = surface::of(volume, mask, options, &mut ())?;
    made.name = name.into();
    made.set_ct_check(&summary(&check(volume, &facts())?));
    made.colour = [10, 200, 30];
    let floats = |values: &[[f32; 3]]| -> Vec<u8> {
        values.as_flattened().iter().flat_map(|value| value.to_le_bytes()).collect()
    };
    let indices = made.triangles().as_flattened().iter().flat_map(|vertex| vertex.to_le_bytes());
    let arrays =
        [floats(made.positions()), floats(&made.normals()?), indices.collect::<Vec<u8>>()].concat();
    hashes.insert(format!("surface {name}"), hash(&arrays));
    let mut info = serde_json::to_value(made.info()?).unwrap_or_default();
    // 32-bit numbers, which are written in fewer digits than they have; the arrays hold them, too.
    info.as_object_mut().map(|fields| fields.remove("boundsRasMm"));
    hashes.insert(format!("surface {name}, info"), hash_json(&info));
    let made = [made];
    for format in ["stl", "obj", "ply", "glb", "3mf"] {
        let file = surfaces::encode(&made, format.parse()?, &mut ())?;
        hashes.insert(format!("surface {name}, {format}"), hash(&file));
    }
    Ok(())
}

/// Small data as JavaScript gets them: how a number is written does not matter.
fn hash_json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    if let Ok(value) = serde_json::to_value(value) {
        collect(&value, &mut bytes);
    }
    hash(&bytes)
}

fn collect(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, bytes)),
        // By their names, in order.
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            bytes.extend(name.as_bytes());
            collect(value, bytes);
        }),
        Value::Number(number) => bytes.extend(number.as_f64().unwrap_or(f64::NAN).to_le_bytes()),
        // Sentences may be put better without anything being computed otherwise.
        Value::String(text) if text.contains(' ') => {}
        Value::String(text) => bytes.extend(text.as_bytes()),
        Value::Bool(_) | Value::Null => bytes.extend(value.to_string().as_bytes()),
    }
}

/// The numbers of a curve as 32-bit words, and the threshold chosen from it.
fn hash_curve(volume: &Volume, neighbourhood: u8) -> Result<String, Error> {
    let neighbourhood = Neighbourhood::try_from(neighbourhood)?;
    let (curve::Curve { components, voxels, largest_voxels, .. }, choice) =
        bones::curve_and_choice(volume, neighbourhood, &mut ())?;
    let mut bytes = Vec::new();
    let counts = components.into_iter().map(u64::from).chain(voxels).chain(largest_voxels);
    for count in counts {
        bytes.extend_from_slice(&(count as u32).to_le_bytes());
    }
    bytes.extend_from_slice(&i32::from(choice.threshold_hu).to_le_bytes());
    Ok(hash(&bytes))
}

/// The bits, the file that is saved, and the numbers.
fn hash_mask(what: &str, mask: &Mask, volume: &Volume, hashes: &mut Hashes) -> Result<(), Error> {
    let grid = volume.grid();
    let bits = mask.bytes_of_slices(0, grid.size_voxel()[2])?;
    hashes.insert(what.into(), hash(&bits));
    let remark = summary(&check(volume, &facts())?);
    let template = Template::of_grid(grid)?;
    let file = write_described_mask_to(Vec::new(), mask, &template, &remark, &mut ())?;
    hashes.insert(format!("{what}, file"), hash(&file));
    let found = measure(mask, &volume.hu()?, grid, &mut ())?;
    let numbers = format!("{} {}", found.voxels, found.components);
    hashes.insert(format!("{what}, voxels and components"), numbers);
    Ok(())
}

fn hash(bytes: &[u8]) -> String {
    // Half of it is plenty to tell two results apart, and easier on the eye.
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    fn path(file: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
    }

    #[test]
    fn native_results_are_the_goldens() {
        let cases: Vec<Case> =
            serde_json::from_str(&fs::read_to_string(path("cases.json")).unwrap()).unwrap();
        let found: BTreeMap<String, Hashes> =
            cases.iter().map(|case| (case.name.clone(), run(case).unwrap())).collect();
        let goldens = path("goldens.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
            fs::write(goldens, text).unwrap();
            return;
        }
        let golden: BTreeMap<String, Hashes> =
            serde_json::from_str(&fs::read_to_string(goldens).unwrap()).unwrap();
        assert_eq!(found, golden, "UPDATE_GOLDEN=1 rewrites goldens.json if this is meant");
    }

    #[test]
    fn one_thread_gives_what_many_give() {
        let cases: Vec<Case> =
            serde_json::from_str(&fs::read_to_string(path("cases.json")).unwrap()).unwrap();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run(&cases[0]).unwrap())
        };
        assert_eq!(with(1), with(5));
    }
}
