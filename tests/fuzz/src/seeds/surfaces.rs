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
    seeds.push(b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 1\ng a\nf 1 2 3\ng b\nf -4 -2 -1\n".into());
    seeds.push(b"solid not text after all".iter().chain(&[b' '; 60]).copied().collect());
    seeds.push(b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 1 1e0 0\nendloop\n".into());
    for (format, body) in [
        ("ascii", &b"0 0 0 1\n1 0 0 1\n1 1 0 1\n7 4 0 1 2 0"[..]),
        ("binary_little_endian", &[0; 60]),
        ("binary_big_endian", &[1; 60]),
    ] {
        let header = format!(
            "ply\r\nformat {format} 1.0\r\nelement vertex 3\r\nproperty float x\r\nproperty float y\r\nproperty double z\r\n\
             property uchar red\r\nelement face 1\r\nproperty char flags\r\nproperty list uchar int vertex_index\r\nend_header\r\n"
        );
        seeds.push([header.as_bytes(), body].concat());
    }
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