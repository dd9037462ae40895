//! Seeds of the target `surfaces`: every format as we write it, and some as others do.

use std::{fs, path::Path};

use hounsfield::{
    Grid, Mask,
    surface::{Surface, SurfaceParams, of_mask},
};
use hounsfield_formats::surfaces::encode;

pub(crate) fn save(corpus: &Path) -> std::io::Result<()> {
    let folder = corpus.join("surfaces");
    fs::create_dir_all(&folder)?;
    let parts = [drawn("##.\n.#.\n..#", "left lung"), drawn("......#", "a <b>")];
    let mut seeds = Vec::new();
    for format in ["stl", "obj", "ply", "glb", "3mf"] {
        for parts in [&parts[..1], &parts] {
            seeds.push(encode(parts, format.parse().unwrap(), &mut ()).unwrap());
        }
    }
    seeds.push(b"# by hand\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/2 3//3 4/4/4\no b\n".into());
    seeds.push(b"solid not text after all".iter().chain(&[b' '; 60]).copied().collect());
    seeds.push(MODEL.into());
    for (n, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(n.to_string()), seed)?;
    }
    println!("{} seeds in {}", seeds.len(), folder.display());
    Ok(())
}

fn drawn(mask: &str, name: &str) -> Surface {
    let mask = Mask::drawn(mask);
    let affine = [[-0.7, 0.0, 0.1, 91.3], [0.0, 0.7, 0.0, -12.0], [0.0, 0.0, 2.5, 1.1]];
    let grid = Grid::new(mask.size_voxel(), affine).unwrap();
    let params = SurfaceParams { cap_border: true, ..SurfaceParams::default() };
    let mut surface = of_mask(&mask, &grid, &params, &mut ()).unwrap();
    surface.name = name.into();
    surface.set_ct_check("CT check: fail hu");
    surface
}

/// The model of a 3MF: objects of objects, with units, colours and places. The target makes the archive.
const MODEL: &str = r##"<?xml version="1.0"?><m:model xmlns:m="x" unit="inch"><metadata name="Description">x</metadata>
<resources><basematerials id="5"><base name="x" displaycolor="#102030FF"/></basematerials><object id="1" name="A &amp; B"
pid="5" pindex="0"><mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/>
</vertices><triangles><triangle v1="0" v2="2" v3="1"/></triangles></mesh></object><object id="2"><components><component
objectid="1"/><component objectid="1" transform="-2 0 0 0 1 0 0 0 1 10 0 0"/></components></object></resources><build>
<item objectid="2" transform="1 0 0 0 1 0 0 0 1 0 0 1"/></build></m:model>"##;