//! Files of surfaces: what is written comes back, what others write is read, what lies is refused.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::io::Write;

use hounsfield::{
    Error, Grid, Mask,
    surface::{Surface, SurfaceParams, of_mask},
};
use hounsfield_formats::{
    files::Files,
    surfaces::{Format, decode, encode},
};
use zip::{ZipWriter, write::SimpleFileOptions};

const ALL: [&str; 5] = ["stl", "obj", "ply", "glb", "3mf"];

fn drawn(mask: &str) -> Surface {
    let mask = Mask::drawn(mask);
    let affine = [[-0.7, 0.0, 0.1, 91.3], [0.0, 0.7, 0.0, -12.0], [0.0, 0.0, 2.5, 1.1]];
    let grid = Grid::new(mask.size_voxel(), affine).unwrap();
    let params = SurfaceParams { cap_border: true, ..SurfaceParams::default() };
    of_mask(&mask, &grid, &params, &mut ()).unwrap()
}

fn two() -> Vec<Surface> {
    let mut lung = drawn("##.\n.#.\n..#");
    lung.name = "left lung".into();
    lung.colour = [200, 10, 33];
    lung.set_ct_check("CT check: fail hu; warn 3");
    let mut other = drawn("......#");
    other.name = "a <b> & \"c\"".into();
    other.colour = [0, 255, 1];
    vec![lung, other]
}

fn written(format: &str) -> Vec<u8> {
    encode(&two(), format.parse().unwrap(), &mut ()).unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<Surface>, Error> {
    decode(&Files::new(vec![("some bone.x".into(), bytes.to_vec())]))
}

#[test]
fn every_format_comes_back() {
    for format in ["obj", "ply", "glb", "3mf"] {
        let back = read(&written(format)).unwrap();
        assert_eq!(back.len(), 2, "{format}");
        for (back, was) in back.iter().zip(two()) {
            assert_eq!(back.positions(), was.positions(), "{format}: to the last bit");
            assert_eq!(back.triangles(), was.triangles(), "{format}");
            let check = match format {
                // It has one line for all parts.
                "3mf" => "CT check: fail for 1 of 2 parts, 1 checked",
                _ => was.ct_check(),
            };
            assert_eq!(back.ct_check(), check, "{format}");
            if format != "obj" {
                assert_eq!(back.colour, was.colour, "{format}");
            }
            if ["glb", "3mf"].contains(&format) {
                assert_eq!(back.name, was.name);
            }
        }
    }
    let [one] = &read(&written("stl")).unwrap()[..] else { panic!("STL knows no parts") };
    assert_eq!(one.name, "some bone", "it has the file's");
    let measures = one.measures().unwrap();
    assert!(measures.watertight && measures.volume_mm3 > 0.0);
    assert_eq!("dae".parse::<Format>().unwrap_err().code(), "bad_parameter");
    assert!(ALL.iter().all(|format| encode(&[], format.parse().unwrap(), &mut ()).is_err()));
}

/// A GLB of a description and little-endian numbers.
fn glb(json: &str, numbers: &[u8]) -> Vec<u8> {
    let mut json = json.as_bytes().to_vec();
    json.resize(json.len().next_multiple_of(4), b' ');
    let length = 12 + 8 + json.len() + 8 + numbers.len();
    let mut bytes = b"glTF".to_vec();
    for word in [2, length as u32, json.len() as u32] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(b"JSON");
    bytes.extend(&json);
    bytes.extend((numbers.len() as u32).to_le_bytes());
    bytes.extend(b"BIN\0");
    bytes.extend(numbers);
    bytes
}

fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn a_plain_glb_is_in_metres_with_y_up() {
    // A tetrahedron of four triangles without indices: corners are written again and again.
    let corners = [[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.0, 0.1, 0.0], [0.0, 0.0, 0.1f32]];
    let faces = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]];
    let numbers: Vec<f32> =
        faces.iter().flatten().flat_map(|corner: &usize| corners[*corner]).collect();
    let json = r#"{"asset":{"version":"2.0"},"meshes":[{"name":"pin","primitives":[{"attributes":{"POSITION":0}}]}],
        "accessors":[{"bufferView":0,"componentType":5126,"count":12,"type":"VEC3"}],
        "bufferViews":[{"buffer":0,"byteLength":144}],"buffers":[{"byteLength":144}]SCENE}"#;
    let alone = read(&glb(&json.replace("SCENE", ""), &floats(&numbers))).unwrap();
    let measures = alone[0].measures().unwrap();
    assert_eq!((measures.vertices, measures.triangles), (4, 4), "corners at one place are one");
    assert!(measures.watertight);
    assert_eq!(alone[0].name, "pin");
    assert!((measures.volume_mm3 - 1e6 / 6.0).abs() < 0.01, "{measures:?}");
    // Right is −x, up is y, the front is z.
    assert_eq!(measures.box_ras_mm.min, [-100.0, 0.0, 0.0]);
    assert_eq!(measures.box_ras_mm.max, [0.0, 100.0, 100.0]);
    // Turned by 90° about y, mirrored, moved: still outwards.
    let scene = r#","scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"children":[1],"translation":[0,0,1]},
        {"mesh":0,"name":"turned","rotation":[0,0.70710678,0,0.70710678],"scale":[1,-2,1]}]"#;
    let placed = read(&glb(&json.replace("SCENE", scene), &floats(&numbers))).unwrap();
    let measures = placed[0].measures().unwrap();
    assert_eq!(placed[0].name, "turned");
    assert!((measures.volume_mm3 - 2e6 / 6.0).abs() < 0.1, "{measures:?}");
    let (min, max) = (measures.box_ras_mm.min, measures.box_ras_mm.max);
    for (found, expected) in min.iter().chain(&max).zip([-100.0, 900.0, -200.0, 0.0, 1000.0, 0.0]) {
        assert!((found - expected).abs() < 1e-3, "{min:?} {max:?}");
    }
}

#[test]
fn numbers_of_glb_may_be_small_and_spread() {
    // Bytes for corners, and positions with gaps between them.
    let mut numbers = vec![0, 1, 2, 0, 2, 1, 0, 0];
    for corner in [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0f32]] {
        numbers.extend(floats(&corner));
        numbers.extend([9; 4]);
    }
    let json = |count: usize, stride: usize| {
        format!(
            r#"{{"meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}},"indices":1,"material":0}}]}}],
            "materials":[{{"pbrMetallicRoughness":{{"baseColorFactor":[1,0.25,0,1]}}}}],
            "accessors":[{{"bufferView":0,"byteOffset":0,"componentType":5126,"count":3,"type":"VEC3"}},
              {{"bufferView":1,"componentType":5121,"count":{count},"type":"SCALAR"}}],
            "bufferViews":[{{"buffer":0,"byteOffset":8,"byteLength":48,"byteStride":{stride}}},
              {{"buffer":0,"byteLength":6}}],"buffers":[{{"byteLength":56}}]}}"#
        )
    };
    let found = read(&glb(&json(6, 16), &numbers)).unwrap();
    assert_eq!(found[0].triangles(), [[0, 1, 2], [0, 2, 1]]);
    assert_eq!(found[0].positions()[1], [-1000.0, 0.0, 0.0]);
    assert_eq!(found[0].colour, [255, 128, 0]);
    for (count, stride) in [(7, 16), (usize::MAX, 16), (6, 24), (6, usize::MAX), (6, 4)] {
        let error = read(&glb(&json(count, stride), &numbers)).unwrap_err();
        assert_eq!(error.code(), "damaged", "{count} {stride} {error}");
    }
}

#[test]
fn what_a_glb_may_not_be() {
    let cases = [
        (r#"{"extensionsRequired":["KHR_draco_mesh_compression"]}"#, "KHR_draco_mesh_compression"),
        (r#"{"scenes":[{"nodes":[7]}]}"#, "no triangles"),
        (r#"{"meshes":[{"primitives":[{"mode":5}]}]}"#, "strips"),
        (r#"{"meshes":[{"primitives":[{}]}]}"#, "no positions"),
        ("[", "no JSON"),
        (r#"{"scenes":[{"nodes":[0]}],"nodes":[{"children":[0]}]}"#, "nested"),
    ];
    for (json, words) in cases {
        let error = read(&glb(json, &[])).unwrap_err().to_string();
        assert!(error.contains(words), "{json}: {error}");
    }
    // Twenty nodes, each of which has the next one twice, are a million.
    let nodes: Vec<String> =
        (1..20).map(|next| format!(r#"{{"children":[{next},{next}]}}"#)).collect();
    let json = format!(r#"{{"scenes":[{{"nodes":[0]}}],"nodes":[{}]}}"#, nodes.join(","));
    assert!(read(&glb(&json, &[])).unwrap_err().to_string().contains("10000 nodes"));
}

/// A 3MF with this model.
fn threemf(model: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("3D/3dmodel.model", SimpleFileOptions::default()).unwrap();
    zip.write_all(model.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

const TETRAHEDRON: &str = r#"<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/>
    <vertex x="0" y="1" z="0"/><vertex x="0" y="0" z="1"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>
    <triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="0" v2="3" v3="2"/></triangles></mesh>"#;

#[test]
fn a_3mf_has_units_parts_and_places() {
    let model = format!(
        r##"<?xml version="1.0"?><!-- by hand --><m:model xmlns:m="x" unit="inch"><resources>
        <basematerials id="5"><base name="x" displaycolor="#102030FF"/></basematerials>
        <object id="1" name="A &amp; B" pid="5" pindex="0">{TETRAHEDRON}</object>
        <object id="2"><components><component objectid="1"/>
          <component objectid="1" transform="-2 0 0 0 1 0 0 0 1 10 0 0"/></components></object>
        </resources><build><item objectid="2" transform="1 0 0 0 1 0 0 0 1 0 0 1"/></build></m:model>"##
    );
    let found = read(&threemf(&model)).unwrap();
    assert_eq!(found.len(), 2);
    let volumes: Vec<f64> = found
        .iter()
        .map(|surface| surface.measures().unwrap().volume_mm3 / 25.4f64.powi(3))
        .collect();
    assert!((volumes[0] - 1.0 / 6.0).abs() < 1e-6, "{volumes:?}");
    assert!((volumes[1] - 2.0 / 6.0).abs() < 1e-6, "mirrored, but outwards: {volumes:?}");
    assert_eq!((found[0].name.as_str(), found[0].colour), ("A & B", [16, 32, 48]));
    let low = found[1].box_ras_mm().min.map(|mm| mm / 25.4);
    assert!((low[0] - 8.0).abs() < 1e-5 && (low[2] - 1.0).abs() < 1e-5, "{low:?}");
}

#[test]
fn what_a_3mf_may_not_be() {
    let long = format!("<model><metadata name=\"{}\"", "x".repeat(1 << 20));
    let item = r#"<build><item objectid="1"/></build>"#;
    let cases = [
        ("<model><resources/></model>".to_owned(), "no triangles"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]><model/>".to_owned(), "words of its own"),
        ("<model unit=\"yard\"/>".to_owned(), "unit"),
        ("<model requiredextensions=\"p\"/>".to_owned(), "extensions"),
        (format!("<model>{item}</model>"), "missing"),
        ("<model><vertex x=\"1\" y=\"2\"/>".to_owned(), "three numbers"),
        ("<model><a></b>".to_owned(), "no XML"),
        (long, ""),
        (
            format!(
                r#"<model><object id="1"><components><component objectid="1"/></components></object>{item}</model>"#
            ),
            "without end",
        ),
        (
            format!(
                r#"<model><object id="1">{}</object>{item}</model>"#,
                TETRAHEDRON.replace("v3=\"3\"", "v3=\"4\"")
            ),
            "not there",
        ),
        (
            format!(
                r#"<model><object id="1">{}</object>{item}</model>"#,
                TETRAHEDRON.replace("x=\"1\"", "x=\"inf\"")
            ),
            "finite",
        ),
    ];
    for (model, words) in cases {
        let error = read(&threemf(&model)).unwrap_err().to_string();
        assert!(error.contains(words), "{:.200}: {error}", model);
    }
    let bomb = format!("<model>{}</model>", " ".repeat(20_000_000));
    assert!(read(&threemf(&bomb)).unwrap_err().to_string().contains("packed into"));
    let other = read(&{
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("a.txt", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap().into_inner()
    });
    assert!(other.unwrap_err().to_string().contains("no 3MF model"));
}

#[test]
fn every_prefix_and_every_changed_byte_gives_surfaces_or_a_sentence() {
    for file in ALL.map(written) {
        for n in 0..file.len() {
            let _ = read(&file[..n]);
            for flip in [1, 0x10, 0x80] {
                let mut changed = file.clone();
                changed[n] ^= flip;
                let _ = read(&changed);
            }
        }
    }
}
