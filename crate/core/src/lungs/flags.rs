//! What is said of a result: numbers, what looks wrong, what was assumed.

use super::{Airways, Found, LungsParams, Method, Report, Side};
use crate::{Grid, Mask, Note};

/// A lung below this is small.
const SMALL_ML: f64 = 100.0;
/// Cut by the first or last slice, or by the field of view, over at least this area.
const CUT_MM2: f64 = 1000.0;
/// Denser than this is poorly aerated …
const DENSE_HU: i16 = -500;
/// … and more than this much of it is a dense lung.
const DENSE_PERCENT: f64 = 12.0;
/// A median above this, too.
const MEDIAN_HU: i16 = -700;
/// The left lung's usual share.
const SHARE: [f64; 2] = [0.40, 0.53];
/// Lower ends further apart than this.
const ENDS_MM: f64 = 35.0;
/// The lower end is the lowest slice with this much lung.
const END_MM2: f64 = 100.0;

/// What is measured of a lung for its flags.
struct Looks {
    name: &'static str,
    side: Side,
    /// Area in the first and in the last slice.
    ends_mm2: [f64; 2],
    /// Height of the lowest slice with lung, from the first slice.
    lower_mm: f64,
    dense_percent: f64,
    median_hu: i16,
}

pub(super) fn report(
    hu: &[i16],
    grid: &Grid,
    border_hu: i16,
    params: &LungsParams,
    found: &Found,
) -> Report {
    let side = |mask: &Mask| {
        let voxels = mask.count();
        Side { voxels, volume_ml: grid.volume_ml(voxels) }
    };
    let looks = [("left", &found.left), ("right", &found.right)]
        .map(|(name, mask)| look(hu, grid, name, side(mask), mask));
    let [left, right] = &looks;
    let total_ml = left.side.volume_ml + right.side.volume_ml;
    let any = left.side.voxels + right.side.voxels > 0;
    let left_share = any.then(|| left.side.volume_ml / total_ml);
    let airways = found.airways.as_ref().map(side);
    Report {
        params: LungsParams { border_hu: Some(border_hu), ..params.clone() },
        border_hu,
        found: any,
        summary: summary(&looks, airways.as_ref(), border_hu, params),
        left: left.side.clone(),
        right: right.side.clone(),
        left_share,
        flags: flags(&looks, left_share, params, found),
        notes: notes(border_hu, params, found, airways.as_ref()),
        methods: methods(border_hu, params),
        airways,
    }
}

fn look(hu: &[i16], grid: &Grid, name: &'static str, side: Side, mask: &Mask) -> Looks {
    let [nx, ny, nz] = grid.size_voxel();
    let [x_mm, y_mm, z_mm] = grid.spacing_mm();
    let area_mm2 = |z: usize| {
        let pixels: u32 = mask.slice(z).iter().map(|word| word.count_ones()).sum();
        f64::from(pixels) * x_mm * y_mm
    };
    let lower = (0..nz).find(|z| area_mm2(*z) >= END_MM2).unwrap_or(0);
    // Every fourth row says as much as all of them, where there are many.
    let step = if side.voxels > 1_000_000 { 4 } else { 1 };
    let mut bins = vec![0_u64; 1024];
    for (row, words) in mask.words().chunks_exact(mask.words_per_row()).enumerate() {
        if row % ny % step != 0 {
            continue;
        }
        for (index, word) in words.iter().enumerate() {
            let mut bits = *word;
            while bits != 0 {
                let at = row * nx + index * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let hu = hu.get(at).map_or(0, |hu| (*hu).clamp(-1024, -1));
                bins[(hu + 1024) as usize] += 1;
            }
        }
    }
    let all: u64 = bins.iter().sum();
    let dense: u64 = bins.iter().skip((DENSE_HU + 1025) as usize).sum();
    let mut below = 0;
    let median = bins.iter().position(|n| {
        below += n;
        2 * below > all
    });
    Looks {
        name,
        side,
        ends_mm2: [area_mm2(0), area_mm2(nz - 1)],
        lower_mm: lower as f64 * z_mm,
        dense_percent: if all == 0 { 0.0 } else { 100.0 * dense as f64 / all as f64 },
        median_hu: median.map_or(0, |bin| bin as i16 - 1024),
    }
}

fn summary(
    looks: &[Looks; 2],
    airways: Option<&Side>,
    border_hu: i16,
    params: &LungsParams,
) -> String {
    let present: Vec<&Looks> = looks.iter().filter(|lung| lung.side.voxels > 0).collect();
    let mut text = match present.as_slice() {
        [] if params.method == Method::Classical => {
            return format!(
                "No lung found: nothing at or below {border_hu} HU is enclosed on all sides of the image"
            );
        }
        [] => {
            return format!(
                "No lung found: no air at or below {border_hu} HU inside the body of at least 25 ml looks like lung"
            );
        }
        [one] => format!(
            "One lung found, the {}: {:.0} ml at or below {border_hu} HU",
            one.name, one.side.volume_ml
        ),
        _ => format!(
            "Left lung {:.0} ml, right lung {:.0} ml, together {:.0} ml; the border lies at {border_hu} HU",
            looks[0].side.volume_ml,
            looks[1].side.volume_ml,
            looks[0].side.volume_ml + looks[1].side.volume_ml
        ),
    };
    if let Some(airways) = airways.filter(|airways| airways.voxels > 0) {
        text += &format!("; trachea and main bronchi {:.0} ml", airways.volume_ml);
    }
    text
}

fn flags(
    looks: &[Looks; 2],
    left_share: Option<f64>,
    params: &LungsParams,
    found: &Found,
) -> Vec<Note> {
    let mut flags = Vec::new();
    let Some(share) = left_share else {
        flags.push(Note::new("no_lung", "no lung was found in this scan"));
        return flags;
    };
    let mut flag = |code, message: String| flags.push(Note::new(code, message));
    if params.method == Method::Anatomy && found.trachea.is_none() {
        flag(
            "no_trachea",
            "no trachea was found: airways may be part of the lungs, and left and right were told apart by the middle of the body".into(),
        );
    }
    for (end, code, place) in [(0, "cut_at_bottom", "lowest"), (1, "cut_at_top", "highest")] {
        let area_mm2: f64 = looks.iter().map(|lung| lung.ends_mm2[end]).sum();
        if area_mm2 > CUT_MM2 {
            flag(
                code,
                format!(
                    "the {place} slice cuts {:.0} cm² of lung: what lies beyond is not measured",
                    area_mm2 / 100.0
                ),
            );
        }
    }
    if found.cut_aside_mm2 > CUT_MM2 {
        flag(
            "cut_aside",
            format!(
                "the field of view cuts {:.0} cm² of lung at its sides: what lies beyond is not measured",
                found.cut_aside_mm2 / 100.0
            ),
        );
    }
    if found.upside_down {
        flag("upside_down", "the trachea comes from below: if the scan is upside down, left and right may be swapped".into());
    }
    for lung in looks {
        let ml = lung.side.volume_ml;
        if ml < SMALL_ML {
            let what = if lung.side.voxels == 0 {
                "was not found".into()
            } else {
                format!("has only {ml:.0} ml")
            };
            flag("small_lung", format!("the {} lung {what}", lung.name));
            continue;
        }
        if lung.dense_percent > DENSE_PERCENT || lung.median_hu > MEDIAN_HU {
            flag(
                "dense_lung",
                format!(
                    "the {} lung is dense: {:.0} % of it above {DENSE_HU} HU (usually up to {DENSE_PERCENT:.0} %), median {} HU (usually below {MEDIAN_HU})",
                    lung.name, lung.dense_percent, lung.median_hu
                ),
            );
        }
    }
    if looks.iter().all(|lung| lung.side.volume_ml >= SMALL_ML) {
        if !(SHARE[0]..=SHARE[1]).contains(&share) {
            flag(
                "uneven_shares",
                format!(
                    "the left lung is {:.0} % of both (usually {:.0} to {:.0} %): one may be collapsed, filled, removed, or told apart wrongly",
                    100.0 * share,
                    100.0 * SHARE[0],
                    100.0 * SHARE[1]
                ),
            );
        }
        let apart_mm = (looks[0].lower_mm - looks[1].lower_mm).abs();
        if apart_mm > ENDS_MM {
            flag(
                "lower_ends_apart",
                format!(
                    "the lungs' lower ends are {apart_mm:.0} mm apart (usually up to {ENDS_MM:.0} mm): one may be collapsed, or have fluid below it"
                ),
            );
        }
    }
    if found.across {
        flag("not_split", "one part of lung lies on both sides of the middle and could not be split: left and right are uncertain".into());
    }
    flags
}

fn notes(border_hu: i16, params: &LungsParams, found: &Found, airways: Option<&Side>) -> Vec<Note> {
    let mut notes = vec![
        Note::new(
            "border",
            format!(
                "the border of lung lies at {border_hu} HU, by convention: one pixel more or less is about 2 % of the volume"
            ),
        ),
        Note::new(
            "dense_not_recovered",
            "consolidation, tumours and effusions are denser than the border and are not recovered, and the flags may miss them",
        ),
        Note::new("sides_by_header", "left and right are as the header says that the patient lies"),
    ];
    if params.method == Method::Anatomy && params.airways == Airways::In {
        notes.push(Note::new(
            "airways_in",
            "trachea and main bronchi were left in, each voxel with the lung on its side",
        ));
    }
    if let (Some(level_hu), Some(_)) = (found.trachea, airways) {
        notes.push(Note::new("airways", format!("the airways are what a flood from the trachea fills up to {level_hu} HU and a ball of 3 mm radius fits into, with a wall of 1.5 mm: not the bronchi beyond")));
    }
    if let Some(mm) = found.split_mm {
        notes.push(Note::new("split", format!("the lungs touch, or nearly: they were split where a ball of {mm} mm radius does not pass")));
    }
    notes.extend(found.notes.iter().cloned());
    notes
}

fn methods(border_hu: i16, params: &LungsParams) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let fill = params.fill;
    match params.method {
        Method::Classical => format!(
            "Lungs were segmented with Hounsfield {version} (method: classical) as the two largest 6-connected parts of voxels at or below {border_hu} HU that do not reach the sides of the image, the second if it had at least 10 % of the first{}. Left and right were told apart by the middle of the body. Airways are part of the result.",
            if fill { ", with all holes in axial slices filled" } else { "" }
        ),
        Method::Anatomy => format!(
            "Lungs were segmented with Hounsfield {version} (method: anatomy), a rule-based recipe in the tradition of Hu et al. (IEEE Trans Med Imaging 2001;20:490-498) with a fixed border of {border_hu} HU, which is a convention: other borders give other volumes. The body was found as voxels above -300 HU, opened with a disc of 3 mm radius in each slice, and filled; air in it at or below the border was taken as candidate. The trachea was found as a chain (at least 25 mm) of spots of 40 to 900 mm² below -850 HU (-600 HU for pixels above 2 mm) near the middle; from it voxels were flooded in order of rising HU until the volume jumped by more than 8 ml and 15 % within 8 HU (at most 150 ml). What of this a ball of 3 mm radius fits into, with a wall of 1.5 mm, is called airways; these, and bronchi of at least 2 mm radius with 3 mm around them, were {}. Of the rest, 6-connected parts of at least 25 ml with a median of at least -960 HU were kept; parts below 15 % of the largest were dropped when the middle half of their values spread over more than 220 HU, or when they were more than 60 HU darker and had a wall of tissue, as were pockets of at least 2 ml below -930 HU with a wall. Lungs that touch were split by erosion with a ball of 3 to 15 mm radius and regrowth.{}{} Edges were smoothed by a majority vote in 3 mm in the slice (for pixels up to 1.5 mm), and pieces below 2 ml dropped. Dense consolidation, tumours and effusions are not included.",
            match params.airways {
                Airways::In =>
                    "no part of what follows, and added to the lung on their side at the end",
                Airways::Out | Airways::Label => "no part of the lungs",
            },
            if params.close_mm > 0.0 {
                format!(
                    " Vessels and nodules at the edge were included by a closing with a ball of {} mm radius.",
                    params.close_mm
                )
            } else {
                String::new()
            },
            if fill {
                " Enclosed holes were filled, in axial slices up to an inscribed radius of 6 mm."
            } else {
                ""
            },
        ),
    }
}
