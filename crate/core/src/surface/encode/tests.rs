//! What is written comes back; what is damaged is refused.

use proptest::prelude::*;

use super::*;
use crate::{
    Mask,
    surface::tests::{capped, unit},
};

fn two() -> Vec<Surface> {
    let mut a = capped(&Mask::drawn("##.\n.#.\n..#"));
    a.name = "left lung".into();
    a.colour = [200, 10, 30];
    a.set_ct_check("CT check: fail hu, missing; warn spacing");
    let mut b = capped(&Mask::drawn("#"));
    b.name = "a \"b\"".into();
    vec![a, b]
}

#[test]
fn parts_come_back_with_names_and_triangles() {
    for format in [Format::Obj, Format::Ply] {
        let bytes = encode(&two(), format).unwrap();
        let back = decode(&bytes).unwrap();
        assert_eq!(back.len(), 2, "{format:?}");
        for (back, was) in back.iter().zip(two()) {
            assert_eq!(back.positions, was.positions);
            assert_eq!(back.triangles, was.triangles);
            assert_eq!(back.name, word(&was.name));
            assert_eq!(back.ct_check, was.ct_check, "{format:?}");
        }
    }
    assert_eq!(decode(&encode(&two(), Format::Ply).unwrap()).unwrap()[0].colour, [200, 10, 30]);
}

#[test]
fn stl_comes_back_as_one_closed_surface() {
    let bytes = encode(&two()[..1], Format::Stl).unwrap();
    let [back] = &decode(&bytes).unwrap()[..] else { panic!("one part") };
    let (was, is) = (two()[0].measures().unwrap(), back.measures().unwrap());
    assert!(is.watertight);
    assert_eq!(back.ct_check, "CT check: fail hu, missing; warn spacing");
    let both = decode(&encode(&two(), Format::Stl).unwrap()).unwrap();
    assert_eq!(both[0].ct_check, "CT check: fail for 1 of 2 parts, 1 checked");
    assert_eq!((was.triangles, was.vertices), (is.triangles, is.vertices));
    assert!((was.volume_mm3 - is.volume_mm3).abs() < 1e-9);
}

#[test]
fn glb_says_what_it_holds() {
    let bytes = encode(&two(), Format::Glb).unwrap();
    assert_eq!(&bytes[..8], b"glTF\x02\0\0\0");
    assert_eq!(u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize, bytes.len());
    let json = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let text = std::str::from_utf8(&bytes[20..20 + json]).unwrap();
    for part in ["\"name\":\"left lung\"", r#""name":"a \"b\"""#, "-0.001,0,0,0", "\"unit\":\"m\""]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn only_a_summary_is_taken_for_one() {
    let line = "CT check: fail hu";
    let at = encode(&two(), Format::Obj).unwrap();
    for (put, taken) in [("fail hu\u{7}", ""), ("fail hu, y\u{e9}", ""), (&"x".repeat(90), "")] {
        let text = String::from_utf8(at.clone()).unwrap();
        let text = text.replace("fail hu, missing; warn spacing", put);
        assert_eq!(decode(text.as_bytes()).unwrap()[0].ct_check, taken, "{put}");
    }
    let mut surface = capped(&Mask::drawn("#"));
    assert!(surface.info().unwrap().notes.is_empty());
    surface.set_ct_check(line);
    surface.set_ct_check("anything else");
    let fewer = surface.simplified(Some(8), None, &mut ()).unwrap();
    assert_eq!((surface.ct_check(), fewer.ct_check()), (line, line));
    let info = fewer.info().unwrap();
    assert!(info.notes[0].contains(line) && info.ct_check == line, "{info:?}");
}

#[test]
fn nothing_is_no_file() {
    assert!(encode(&[], Format::Stl).is_err());
    assert_eq!(decode(b"").unwrap_err().code(), "unsupported");
    assert_eq!(decode(b"# only words").unwrap_err().code(), "damaged");
    assert!(decode(b"v 1 2 3\nf 1 2 9").is_err());
    assert!(decode(b"v 1 2 nan\nv 1 2 3\nv 4 5 6\nf 1 2 3").is_err());
    let quad = decode(b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/2 3/3 4/4").unwrap();
    assert_eq!(quad[0].triangles, [[0, 1, 2], [0, 2, 3]]);
    let foreign = b"ply\nformat ascii 1.0\nelement vertex 0\nelement face 0\nend_header\n";
    assert_eq!(decode(foreign).unwrap_err().code(), "damaged");
    assert_eq!(decode(b"solid of words").unwrap_err().code(), "damaged");
}

/// What is written as text here has these corners: a square in two triangles.
fn assert_square(found: &[Surface]) {
    let [square] = found else { panic!("{} parts", found.len()) };
    let corners: Vec<[f32; 3]> =
        square.triangles.as_flattened().iter().map(|v| square.position(*v)).collect();
    let [a, b, c, d] = [[0., 0., 0.], [1., 0., 0.], [1., 1., 0.], [0., 1., 0.5]];
    assert_eq!(corners, [a, b, c, a, c, d]);
    assert_eq!(square.positions.len(), 4);
}

#[test]
fn obj_of_others() {
    // All vertices first, faces of two groups, one of which counts from the end; one vertex is nobody's.
    let text = "mtllib a.mtl\nv 9 9 9\nv 0 0 0\nv 1 0 0 1.0\nv 1 1 0\nv 0 1 0.5\nvn 0 0 1\no A\ng A1\n\
        f 2//1 3//1 4//1\nf -4 -2 -1\ng B\nusemtl x\nf 3 4 5\n";
    let found = decode(text.as_bytes()).unwrap();
    assert_square(&found[..1]);
    assert_eq!((found[0].name.as_str(), found[1].name.as_str()), ("A1", "B"));
    assert_eq!(found[1].positions, [[1., 0., 0.], [1., 1., 0.], [0., 1., 0.5]]);
    for corners in ["0 1 2", "1 2 4", "-4 1 2", "1 2 x", "1 2 99999999999999999999"] {
        let text = format!("v 0 0 0\nv 1 0 0\nv 1 1 0\nf {corners}\n");
        let error = decode(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("no vertex"), "{corners}: {error}");
    }
}

#[test]
fn stl_as_text() {
    let facet = |[a, b, c]: [&str; 3]| {
        format!(
            " facet normal 0 0 1\r\n  outer loop\r\n   vertex {a}\r\n   vertex {b}\r\n   vertex {c}\r\n"
        )
    };
    let [a, b, c, d] = ["0 0 0", "1 0 0", "1.0e0 1 0", "0 1 .5"];
    let square = format!("solid a b\r\n{}{}endsolid\r\n", facet([a, b, c]), facet([a, c, d]));
    let found = decode(square.as_bytes()).unwrap();
    assert_square(&found);
    assert_eq!(found[0].name, "a b");
    let two = format!("{square}solid c\n{}", facet([d, c, a]));
    assert_eq!(decode(two.as_bytes()).unwrap().len(), 2);
    assert!(decode(b"solid\nvertex 1 2\n").is_err());
}

#[test]
fn ply_of_others() {
    let header = |format: &str| {
        format!(
            "ply\r\nformat {format} 1.0\r\ncomment part 9 9 of nothing\r\nelement thing 2\r\nproperty list uchar short s\r\n\
             element vertex 4\r\nproperty double nx\r\nproperty double x\r\nproperty float y\r\nproperty short q\r\n\
             property float z\r\nproperty float red\r\nproperty float green\r\nproperty float blue\r\n\
             element face 1\r\nproperty uchar flags\r\nproperty list ushort uint vertex_index\r\nend_header\r\n"
        )
    };
    let points: [[f64; 3]; 4] = [[0., 0., 0.], [1., 0., 0.], [1., 1., 0.], [0., 1., 0.5]];
    let mut text = header("ascii") + "2 7 8 0\n";
    for [x, y, z] in points {
        text += &format!("0.5 {x} {y} -3 {z} 1 0.5 0\n");
    }
    text += "255 4 0 1 2 3";
    let found = decode(text.as_bytes()).unwrap();
    assert_square(&found);
    assert_eq!(found[0].colour, [255, 128, 0]);
    for big in [false, true] {
        let format = if big { "binary_big_endian" } else { "binary_little_endian" };
        let mut bytes = header(format).into_bytes();
        let mut put = |number: &[u8]| {
            let mut number = number.to_vec();
            if big {
                number.reverse();
            }
            bytes.extend(number);
        };
        put(&[2]);
        put(&7i16.to_le_bytes());
        put(&8i16.to_le_bytes());
        put(&[0]);
        for [x, y, z] in points {
            put(&0.5f64.to_le_bytes());
            put(&x.to_le_bytes());
            put(&(y as f32).to_le_bytes());
            put(&(-3i16).to_le_bytes());
            for number in [z as f32, 1.0, 0.5, 0.0] {
                put(&number.to_le_bytes());
            }
        }
        put(&[255]);
        put(&4u16.to_le_bytes());
        for vertex in 0..4u32 {
            put(&vertex.to_le_bytes());
        }
        assert_square(&decode(&bytes).unwrap());
        bytes.pop();
        let error = decode(&bytes).unwrap_err().to_string();
        assert!(error.contains("shorter"), "{error}");
    }
    let endless = "ply\nformat ascii 1.0\nelement a 18446744073709551615\nelement vertex 18446744073709551615\n\
        property float x\nproperty float y\nproperty float z\nend_header\n1 2 3";
    assert!(decode(endless.as_bytes()).unwrap_err().to_string().contains("shorter"));
    for (what, words) in [
        (text.replace("0 1 2 3", "0 1 2 4"), "not there"),
        (text.replace("0 1 2 3", "0 1 2 -1"), "no vertex"),
        (text.replace("0 1 2 3", "0 1 2 1.5"), "no vertex"),
        (text.replace(" x\r", " w\r"), "no x, y and z"),
        (text.replace("vertex_index", "corners"), "no corners"),
        (text.replace("ascii", "octal"), "neither ASCII"),
        (text.replace("uchar flags", "bool flags"), "no kind"),
        (text.replace("element vertex 4", "element vertex four"), "no number"),
        (text.replace("0.5 0 0 -3", "0.5 0 o -3"), "a number is none"),
    ] {
        let error = decode(what.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
}

proptest! {
    #[test]
    fn damaged_bytes_are_no_panic(at: prop::sample::Index, byte: u8, cut: prop::sample::Index, which in 0..3usize) {
        let format = [Format::Stl, Format::Obj, Format::Ply][which];
        let mut bytes = encode(&two(), format).unwrap();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let _ = decode(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = decode(&bytes);
    }
}

#[test]
fn the_bytes_are_those_of_before() {
    let mask =
        Mask::from_fn([20, 15, 10], |x, y, z| (x * x + 3 * y * y + 7 * z * z) % 11 < 4).unwrap();
    let mut surface =
        crate::surface::of_mask(&mask, &unit(&mask), &crate::surface::tests::CAPPED, &mut ())
            .unwrap();
    surface.smooth(3, &mut ()).unwrap();
    surface.decimate(Some(2000), None, &mut ()).unwrap();
    let hash = encode(&[surface], Format::Ply)
        .unwrap()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        });
    assert_eq!(hash, 0x4d5f_827c_0898_cb66, "{hash:#x}");
}
