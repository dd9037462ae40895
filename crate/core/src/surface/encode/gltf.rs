//! Binary glTF 2.0: a header, a chunk of JSON that describes, a chunk of numbers.

use crate::{Error, error::try_with_capacity, surface::Surface};

/// Columns: patient's left is x, superior is y (up), anterior is z (front); millimetres to metres.
const GLTF_FROM_RAS_MM: &str = "-0.001,0,0,0,0,0,0.001,0,0,0.001,0,0,0,0,0,1";

pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let mut numbers = 0;
    let (mut views, mut accessors) = (Vec::new(), Vec::new());
    let (mut meshes, mut materials, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for (k, surface) in surfaces.iter().enumerate() {
        let (vertices, corners) = (surface.positions.len(), 3 * surface.triangles.len());
        let (low, high) = (surface.box_ras_mm().min, surface.box_ras_mm().max);
        // Floats (5126) for vertices and u32 (5125) for corners, as array buffers and element arrays.
        let parts = [
            (
                12 * vertices,
                34962,
                format!(
                    "5126,\"count\":{vertices},\"type\":\"VEC3\",\"min\":{low:?},\"max\":{high:?}"
                ),
            ),
            (12 * vertices, 34962, format!("5126,\"count\":{vertices},\"type\":\"VEC3\"")),
            (4 * corners, 34963, format!("5125,\"count\":{corners},\"type\":\"SCALAR\"")),
        ];
        for (length, target, kind) in parts {
            accessors.push(format!("{{\"bufferView\":{},\"componentType\":{kind}}}", views.len()));
            views.push(format!(
                "{{\"buffer\":0,\"byteOffset\":{numbers},\"byteLength\":{length},\"target\":{target}}}"
            ));
            numbers += length;
        }
        let name = text(&surface.name);
        let [red, green, blue] = surface.colour.map(linear);
        materials.push(format!(
            "{{\"name\":{name},\"pbrMetallicRoughness\":{{\"baseColorFactor\":[{red},{green},{blue},1],\"metallicFactor\":0,\"roughnessFactor\":0.7}}}}"
        ));
        let [at, normals, indices] = [3 * k, 3 * k + 1, 3 * k + 2];
        meshes.push(format!(
            "{{\"name\":{name},\"primitives\":[{{\"attributes\":{{\"POSITION\":{at},\"NORMAL\":{normals}}},\"indices\":{indices},\"material\":{k}}}]}}"
        ));
        let check = match surface.ct_check() {
            "" => String::new(),
            // Printable ASCII, but quotes could be among it.
            check => format!(",\"extras\":{{\"ctCheck\":{}}}", text(check)),
        };
        nodes.push(format!("{{\"name\":{name},\"mesh\":{k}{check}}}"));
    }
    let children: Vec<String> = (1..=surfaces.len()).map(|node| node.to_string()).collect();
    let root = format!(
        "{{\"name\":\"RAS millimetres\",\"matrix\":[{GLTF_FROM_RAS_MM}],\"children\":[{}],\"extras\":{{\"unit\":\"mm\",\"space\":\"RAS\"}}}}",
        children.join(",")
    );
    let mut json = format!(
        "{{\"asset\":{{\"version\":\"2.0\",\"generator\":\"Hounsfield\",\"extras\":{{\"unit\":\"m\",\"verticesIn\":\"mm\"}}}},\"scene\":0,\"scenes\":[{{\"nodes\":[0]}}],\"nodes\":[{root},{}],\"meshes\":[{}],\"materials\":[{}],\"accessors\":[{}],\"bufferViews\":[{}],\"buffers\":[{{\"byteLength\":{numbers}}}]}}",
        nodes.join(","),
        meshes.join(","),
        materials.join(","),
        accessors.join(","),
        views.join(",")
    );
    while json.len() % 4 != 0 {
        json.push(' ');
    }
    let length = 12 + 8 + json.len() + 8 + numbers;
    let mut bytes = try_with_capacity(length, "a glTF file")?;
    bytes.extend_from_slice(b"glTF");
    for word in [2, length as u32, json.len() as u32] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(b"JSON");
    bytes.extend_from_slice(json.as_bytes());
    bytes.extend_from_slice(&(numbers as u32).to_le_bytes());
    bytes.extend_from_slice(b"BIN\0");
    for surface in surfaces {
        for number in surface.positions.iter().chain(&surface.normals()?).flatten() {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for vertex in surface.triangles.as_flattened() {
            bytes.extend_from_slice(&vertex.to_le_bytes());
        }
    }
    Ok(bytes)
}

/// A string of JSON.
fn text(name: &str) -> String {
    let mut text = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text + "\""
}

/// A colour's part as glTF has it: light is linear, 2.2 is near enough, and 2 needs no power.
fn linear(part: u8) -> f32 {
    let part = f32::from(part) / 255.0;
    part * part
}
