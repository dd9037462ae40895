//! A file of surfaces: what can be read is measured, made of fewer triangles, written and read again. What begins
//! with `<` is the model of a 3MF, whose archive has the right checksum whatever the model is.

#![no_main]

#[allow(dead_code, reason = "other targets damage archives, too")]
#[path = "../../hostile/zip.rs"]
mod zip;

use hounsfield_formats::{
    files::Files,
    surfaces::{Format, decode, encode},
};
use libfuzzer_sys::fuzz_target;

/// The tools take their time; what goes wrong in them goes wrong in little.
const MOST_TRIANGLES: usize = 2_000;

fuzz_target!(|input: &[u8]| {
    let read = |bytes: Vec<u8>| decode(&Files::new(vec![("a".to_owned(), bytes)]));
    let file = match input.first() {
        Some(b'<') => zip::archive(&[zip::Entry::stored("3D/3dmodel.model", input)]),
        _ => input.to_vec(),
    };
    let Ok(mut surfaces) = read(file) else { return };
    assert!(!surfaces.is_empty());
    let triangles = surfaces.iter().map(|surface| surface.triangles().len()).sum::<usize>();
    for surface in &surfaces {
        let info = surface.info().unwrap();
        assert_eq!(info.triangles, surface.triangles().len());
        assert_eq!(surface.normals().unwrap().len(), surface.positions().len());
    }
    if triangles > MOST_TRIANGLES {
        return;
    }
    for format in ["stl", "obj", "ply", "glb", "3mf"] {
        let format: Format = format.parse().unwrap();
        let back = encode(&surfaces, format, &mut ()).and_then(read);
        // A part without triangles is none in some formats, and corners that are one in metres may be two in
        // millimetres: but nobody gets more than there was.
        let found: usize = back.iter().flatten().map(|surface| surface.triangles().len()).sum();
        assert!(found <= triangles, "{found} of {triangles}");
    }
    for surface in &mut surfaces {
        let few = surface.triangles().len() as u32 / 2;
        let fewer = surface.simplified(Some(few), None, &mut ()).unwrap();
        assert!(fewer.triangles().len() <= surface.triangles().len());
        let _ = surface.simplified(None, Some(0.5), &mut ()).unwrap();
        surface.keep_largest().unwrap();
        surface.smooth(2, &mut ()).unwrap();
        assert!(surface.info().is_ok());
    }
});
