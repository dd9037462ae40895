//! Pictures into stacks: those that are called alike but for a number, and pages of one file.

use std::collections::BTreeMap;

use hounsfield::Note;

use super::stack::{MIXED_TYPES, Stacked};
use crate::{
    item::{Item, Kind, PictureHeader, Place},
    openable::{Groups, LeftOut},
    plan::Options,
};

/// How many missing numbers are named.
const NAMED: usize = 5;

/// A picture among others that are called alike.
#[derive(Debug, Clone)]
struct Numbered<'a> {
    header: &'a PictureHeader,
    name: String,
    place: Place,
    /// The numbers in its name.
    numbers: Vec<u64>,
}

/// Called alike but for numbers, of one size and kind of value. Programs that make pictures smaller
/// choose grey or colours, 8 or 16 bits for each picture by itself.
type Alike = (String, [u32; 2], &'static str);

/// Stacks of pictures, and single ones.
pub(crate) fn groups(items: &[Item]) -> Groups {
    let mut found = Vec::new();
    let mut alike: BTreeMap<Alike, Vec<Numbered<'_>>> = BTreeMap::new();
    for item in items {
        let Kind::Picture(header) = &item.kind else { continue };
        if header.pages > 1 {
            let slices = (0..header.pages).map(|page| Some((item.place.clone(), page))).collect();
            found.push(Stacked {
                header: header.clone(),
                title: last_part(&item.name),
                folder: folder_of(&item.name),
                slices,
                files: 1,
                notes: Vec::new(),
            });
            continue;
        }
        let (shape, numbers) = shape_of(&item.name);
        let key = (shape, header.size_pixel, kind(&header.stored_type));
        let (name, place) = (item.name.clone(), item.place.clone());
        alike.entry(key).or_default().push(Numbered { header, name, place, numbers });
    }
    for pictures in alike.into_values() {
        for stack in stacks(pictures) {
            if let Some((_, first)) = stack.first() {
                found.push(stacked(first.header, &stack));
            }
        }
    }
    tell_apart(&mut found);
    let mut groups = Groups::default();
    for stack in found {
        add(&mut groups, stack);
    }
    groups
}

/// Stacks that are called alike are called by their folders, too: `images` and `masks`, mostly.
/// Others are not: folders are often named after people.
fn tell_apart(stacks: &mut [Stacked]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for stack in &*stacks {
        *times.entry(stack.title.clone()).or_default() += 1;
    }
    for stack in stacks {
        let is_only = times.get(&stack.title).is_none_or(|times| *times < 2);
        if !is_only && !stack.folder.is_empty() {
            stack.title = format!("{}/{}", stack.folder, stack.title);
        }
    }
}

fn add(groups: &mut Groups, stack: Stacked) {
    match stack.grid(&Options::default()) {
        Ok(_) => groups.openable.push(Box::new(stack)),
        Err(error) => {
            let reason = format!("These pictures make no volume: {error}.");
            groups.left_out.push(LeftOut::one(error.code(), &reason, &stack.title));
        }
    }
}

/// A name with `#` for each number, and the numbers.
fn shape_of(name: &str) -> (String, Vec<u64>) {
    let (mut shape, mut numbers) = (String::new(), Vec::new());
    let mut number: Option<u64> = None;
    for letter in name.chars() {
        match letter.to_digit(10) {
            Some(digit) => {
                let value = number.unwrap_or(0).saturating_mul(10).saturating_add(digit.into());
                number = Some(value);
            }
            None => {
                if let Some(value) = number.take() {
                    shape.push('#');
                    numbers.push(value);
                }
                shape.extend(letter.to_lowercase());
            }
        }
    }
    if let Some(value) = number {
        shape.push('#');
        numbers.push(value);
    }
    (shape, numbers)
}

/// The last number that is not the same in all names counts slices; the others tell stacks apart.
fn stacks(pictures: Vec<Numbered<'_>>) -> Vec<Vec<(u64, Numbered<'_>)>> {
    let first = pictures.first().map(|picture| picture.numbers.clone()).unwrap_or_default();
    let differs = |n: &usize| pictures.iter().any(|p| p.numbers.get(*n) != first.get(*n));
    let counter = (0..first.len()).rev().find(differs);
    let mut stacks: BTreeMap<Vec<u64>, Vec<(u64, Numbered<'_>)>> = BTreeMap::new();
    for picture in pictures {
        let mut others = picture.numbers.clone();
        let number = match counter {
            Some(n) if n < others.len() => others.remove(n),
            _ => 0,
        };
        stacks.entry(others).or_default().push((number, picture));
    }
    let mut stacks: Vec<_> = stacks.into_values().collect();
    for stack in &mut stacks {
        stack.sort_by(|a, b| (a.0, &a.1.name, &a.1.place).cmp(&(b.0, &b.1.name, &b.1.place)));
    }
    stacks
}

/// Slices in the order of their numbers, with room for those that are missing.
fn stacked(first: &PictureHeader, stack: &[(u64, Numbered<'_>)]) -> Stacked {
    let name = |picture: Option<&(u64, Numbered<'_>)>| {
        picture.map(|(_, picture)| last_part(&picture.name)).unwrap_or_default()
    };
    let title = match stack {
        [_] => name(stack.first()),
        _ => format!("{} … {}", name(stack.first()), name(stack.last())),
    };
    let types = each(stack, |header| &header.stored_type);
    let mut notes = Vec::new();
    if types.len() > 1 {
        let counts: Vec<String> = types.iter().map(|(kind, n)| format!("{n} × {kind}")).collect();
        notes.push(Note::new(
            MIXED_TYPES,
            format!("Pictures differ in how their pixels are stored ({}); each keeps its own numbers, colours become brightness.", counts.join(", ")),
        ));
    }
    let joined =
        |words: BTreeMap<&str, usize>, by: &str| words.into_keys().collect::<Vec<_>>().join(by);
    let one_palette = stack.iter().all(|(_, picture)| picture.header.palette == first.palette);
    let header = PictureHeader {
        palette: if one_palette { first.palette.clone() } else { Vec::new() },
        stored_type: joined(types, ", "),
        format: joined(each(stack, |header| &header.format), " and "),
        ..first.clone()
    };
    let gaps = || {
        stack.windows(2).filter_map(|two| match two {
            [(a, _), (b, _)] => Some((*a, b - a)),
            _ => None,
        })
    };
    let step = gaps().map(|(_, gap)| gap).filter(|gap| *gap > 0).min().unwrap_or(1);
    let even = gaps().all(|(_, gap)| gap % step == 0);
    let missing: u64 = gaps().map(|(_, gap)| (gap / step).saturating_sub(1)).sum();
    let twice = gaps().filter(|(_, gap)| *gap == 0).count();
    let mut slices: Vec<Option<(Place, u32)>> = Vec::new();
    // Numbers with more holes than pictures count something else.
    let holes = even && twice == 0 && missing < stack.len() as u64;
    for (n, (number, picture)) in stack.iter().enumerate() {
        slices.push(Some((picture.place.clone(), 0)));
        if let (true, Some((next, _))) = (holes, stack.get(n + 1)) {
            (1..(next - number) / step).for_each(|_| slices.push(None));
        }
    }
    if missing > 0 || !even {
        let after: Vec<String> = gaps()
            .filter(|(_, gap)| *gap > step)
            .take(NAMED)
            .map(|(number, gap)| format!("{} after {number}", gap / step - 1))
            .collect();
        let what = if holes {
            "their slices stay empty"
        } else {
            "the pictures were put next to each other"
        };
        notes.push(Note::new(
            "missing_slices",
            format!("Numbers are missing ({}); {what}.", after.join(", ")),
        ));
    }
    if step > 1 && even {
        notes.push(Note::new(
            "numbers_step",
            format!(
                "The numbers of pictures go up by {step}; each picture is taken for the next slice."
            ),
        ));
    }
    if twice > 0 {
        notes.push(Note::new(
            "duplicate_numbers",
            format!("{twice} pictures have the number of another; both were kept, in the order of their names."),
        ));
    }
    let folder = stack.first().map(|(_, picture)| folder_of(&picture.name)).unwrap_or_default();
    Stacked { header, title, folder, slices, files: stack.len(), notes }
}

/// What pictures of a stack say, and how many say it.
fn each<'a>(
    stack: &[(u64, Numbered<'a>)],
    word: impl Fn(&'a PictureHeader) -> &'a str,
) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for (_, picture) in stack {
        *counts.entry(word(picture.header)).or_insert(0) += 1;
    }
    counts
}

/// What values of a picture can be: grey for the eye, whole numbers with a sign, or floats.
fn kind(stored_type: &str) -> &'static str {
    if stored_type.starts_with("int") {
        "int"
    } else if stored_type.starts_with("float") {
        "float"
    } else {
        "grey"
    }
}

fn last_part(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// The innermost folder; nothing where there is none.
fn folder_of(name: &str) -> String {
    name.rsplit_once('/').map(|(folders, _)| last_part(folders)).unwrap_or_default()
}
