//! Wavefront OBJ: lines of text. Vertices are counted from 1 through the whole file.

use std::fmt::Write;

use super::{damaged, push, surface, word};
use crate::{Error, error::try_with_capacity, surface::Surface};

/// Bytes of a line, for a first guess.
const LINE_BYTES: usize = 32;
/// A line of an OBJ file begins with one of these.
const KEYWORDS: [&str; 9] = ["#", "v", "vn", "vt", "f", "o", "g", "mtllib", "usemtl"];

pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let lines: usize = surfaces.iter().map(|s| s.positions.len() + s.triangles.len() + 1).sum();
    let bytes = try_with_capacity(LINE_BYTES * lines, "an OBJ file")?;
    let mut text = String::from_utf8(bytes).unwrap_or_default();
    text.push_str("# Hounsfield surface, RAS millimetres\n");
    let mut before = 1u64;
    for surface in surfaces {
        // A String takes everything.
        let _ = writeln!(text, "g {}", word(&surface.name));
        if !surface.ct_check().is_empty() {
            let _ = writeln!(text, "# {}", surface.ct_check());
        }
        for [x, y, z] in &surface.positions {
            let _ = writeln!(text, "v {x} {y} {z}");
        }
        for triangle in &surface.triangles {
            let [a, b, c] = triangle.map(|vertex| before + u64::from(vertex));
            let _ = writeln!(text, "f {a} {b} {c}");
        }
        before += surface.positions.len() as u64;
    }
    Ok(text.into_bytes())
}

pub(super) fn is_obj(text: &str) -> bool {
    let mut lines = text.lines().filter_map(|line| line.split_whitespace().next());
    lines.next().is_some_and(|first| KEYWORDS.contains(&first) || first.starts_with('#'))
}

/// Every group of faces is a surface. Vertices belong to the whole file, and a face may count them from its
/// end; each surface keeps those that it uses. Faces of more corners become fans; normals, textures and
/// materials are passed by.
pub(super) fn decode(text: &str) -> Result<Vec<Surface>, Error> {
    let mut positions: Vec<[f32; 3]> = Vec::new();
    let mut groups = vec![surface(String::new(), Vec::new(), Vec::new())];
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(group) = groups.last_mut() else { break };
        match words.next() {
            Some("g" | "o") => {
                let name = words.collect::<Vec<_>>().join(" ");
                if group.triangles.is_empty() {
                    group.name = name;
                    group.ct_check.clear();
                } else {
                    push(&mut groups, surface(name, Vec::new(), Vec::new()))?;
                }
            }
            Some("v") => {
                let mut next = || words.next().and_then(|word| word.parse().ok());
                let (Some(x), Some(y), Some(z)) = (next(), next(), next()) else {
                    return Err(damaged("a vertex is not three numbers"));
                };
                push(&mut positions, [x, y, z])?;
            }
            Some("f") => {
                let mut corners = words.map(|word| corner(word, positions.len()));
                let missing = || damaged("a face has a corner that is no vertex");
                let first = corners.next().flatten().ok_or_else(missing)?;
                let Some(mut before) = corners.next() else { continue };
                for corner in corners {
                    let (Some(b), Some(c)) = (before, corner) else { return Err(missing()) };
                    push(&mut group.triangles, [first, b, c])?;
                    before = corner;
                }
            }
            Some("#") => group.set_ct_check(line.trim_start_matches(['#', ' ']).trim_end()),
            _ => {}
        }
    }
    groups.retain(|surface| !surface.triangles.is_empty());
    if groups.is_empty() {
        return Err(damaged("it has no faces"));
    }
    for group in &mut groups {
        take_vertices(group, &positions)?;
    }
    Ok(groups)
}

/// The vertex that `3`, `3/1`, `3//2` or `-1` means.
fn corner(word: &str, vertices: usize) -> Option<u32> {
    let number: i64 = word.split('/').next()?.parse().ok()?;
    let vertex = if number < 0 { vertices as i64 + number } else { number - 1 };
    u32::try_from(vertex).ok().filter(|vertex| (*vertex as usize) < vertices)
}

/// Gives a surface the vertices that it uses, in the file's order.
fn take_vertices(surface: &mut Surface, all: &[[f32; 3]]) -> Result<(), Error> {
    let corners = surface.triangles.as_flattened();
    let mut used = try_with_capacity(corners.len(), "the vertices of a group")?;
    used.extend_from_slice(corners);
    used.sort_unstable();
    used.dedup();
    for vertex in &used {
        push(&mut surface.positions, all.get(*vertex as usize).copied().unwrap_or_default())?;
    }
    for vertex in surface.triangles.as_flattened_mut() {
        *vertex = used.binary_search(vertex).unwrap_or_default() as u32;
    }
    Ok(())
}
