//! What the numbers are and where they come from: modality, padding, rescale, contrast, compression.

use super::{CheckItem, Status, blood, hu::signed};
use crate::{
    Facts, Volume,
    facts::Units,
    tally::{Spread, ratio},
    volume::PADDING_BELOW_HU,
};

/// More padding than this leaves little of a scan.
const MUCH_PADDING: f64 = 0.6;
/// A declared padding value that this share of the voxels has is in use.
const PADDING_IN_USE: f64 = 0.001;
/// Bright pools without a rim of bone are at least this share of what is denser than lung. Scans
/// with contrast have 2.8 to 12 %, scans without at most 1.2 % …
const POOL_SHARE: f64 = 0.02;
/// … and twice that where pixels are so coarse that a bone's shell is lost in them.
const COARSE_PIXEL_MM: f64 = 1.75;
const BODY_ABOVE_HU: i32 = -400;

pub(super) fn modality(facts: &Facts, in_hu: bool) -> CheckItem {
    let (status, value, message) = match facts.modality.as_str() {
        "CT" => (Status::Pass, "CT", "The file says that it is a CT.".into()),
        "" if !in_hu => (
            Status::Warn,
            "not stated",
            "The file does not say how it was made, and its values are not those of a CT.".into(),
        ),
        "" => (
            Status::Pass,
            "not stated",
            "The file does not say how it was made; its values are those of a CT.".into(),
        ),
        other => (
            Status::Fail,
            other,
            format!(
                "The file says that it is {other}, not CT: Hounsfield units have no meaning here."
            ),
        ),
    };
    CheckItem::new("modality", "Modality", status, value, message)
}

pub(super) fn padding(h: &Spread, facts: &Facts) -> CheckItem {
    let share = ratio(h.total() - h.inside(), h.total());
    let item = |status, value: String, message: String| {
        CheckItem::new("padding", "Padding", status, value, message)
    };
    let value = format!("{} below −1024 HU", percent(share));
    let declared = facts.padding_hu.map_or(i32::MIN, |hu| hu.round() as i32);
    if declared >= i32::from(PADDING_BELOW_HU) {
        let there = h.share(declared, declared);
        if there >= PADDING_IN_USE {
            return item(
                Status::Warn,
                format!("{} at {} HU", percent(there), signed(declared)),
                format!(
                    "The file declares {} to be outside the field of view, but that looks like {}: it is counted as such.",
                    signed(declared),
                    if declared <= -900 { "air" } else { "tissue" },
                ),
            );
        }
    }
    if share > MUCH_PADDING {
        let message =
            "Most of the volume is outside the scanner's field of view, or slices have no values.";
        return item(Status::Warn, value, message.into());
    }
    item(Status::Pass, value, "Voxels below −1024 HU are never measured.".into())
}

pub(super) fn rescale(facts: &Facts) -> CheckItem {
    let number = |[low, high]: [f64; 2]| {
        if low == high { plain(low) } else { format!("{} to {}", plain(low), plain(high)) }
    };
    let value = facts.rescale.map_or("none".into(), |rescale| {
        format!("slope {}, intercept {}", number(rescale.slope), number(rescale.intercept))
    });
    let missing = facts.rescale.map_or(0, |rescale| rescale.missing);
    let value = match missing {
        0 => value,
        1 => format!("{value}; 1 slice has none"),
        n => format!("{value}; {n} slices have none"),
    };
    let differs = facts.rescale.is_some_and(|rescale| rescale.differs);
    let (status, message) = match facts.units {
        Units::Other => {
            (Status::Fail, "The file names another unit than Hounsfield's for its values.")
        }
        Units::Grey => {
            (Status::Fail, "A picture has grey values and no way back to Hounsfield units.")
        }
        _ if missing > 0 => (
            Status::Fail,
            "Some slices have no slope and intercept while the others have them: their values are off by that much.",
        ),
        Units::Stored => (
            Status::Warn,
            "The file has no rescale to Hounsfield units; its values are taken as they were stored.",
        ),
        _ if differs => (
            Status::Warn,
            "Slope or intercept differ from slice to slice; each slice was rescaled with its own.",
        ),
        Units::Hu => (Status::Pass, "All slices are rescaled to Hounsfield units alike."),
        Units::Unknown if facts.rescale.is_some() => {
            (Status::Pass, "The file's slope and intercept were applied to all voxels alike.")
        }
        Units::Unknown => (Status::Pass, "The values are taken as they stand in the file."),
    };
    CheckItem::new("rescale", "Rescale", status, value, message)
}

pub(super) fn contrast(volume: &Volume, h: &Spread, facts: &Facts, in_hu: bool) -> CheckItem {
    let item = |status, value: String, message: &str| {
        CheckItem::new("contrast", "Contrast", status, value, message)
    };
    let named = facts.contrast_agent == Some(true);
    if !in_hu {
        let value = if named { "named in the file" } else { "not in HU" };
        return item(
            Status::Pass,
            value.into(),
            "The values are not those of a CT: whether there is contrast cannot be told from them.",
        );
    }
    let (share, likely) = pools(volume, h);
    let (status, message) = match (likely, named) {
        (true, true) => (
            Status::Warn,
            "The file names a contrast agent and the values show it: a threshold alone takes bright blood for bone.",
        ),
        (true, false) => (
            Status::Warn,
            "Contrast is likely: there are bright pools without a rim of bone, and a threshold alone takes them for bone.",
        ),
        (false, true) => (
            Status::Pass,
            "The file names a contrast agent, but hardly anything is as bright as bone without being bone.",
        ),
        (false, false) => {
            (Status::Pass, "Hardly anything is as bright as bone without being bone.")
        }
    };
    item(status, format!("{} of the body are bright pools", percent(share)), message)
}

/// The share of the body that is bright pools, and whether that is likely contrast.
pub(super) fn pools(volume: &Volume, h: &Spread) -> (f64, bool) {
    let grid = volume.grid();
    let body_ml = grid.volume_ml(grid.voxel_count())
        * ratio(h.count(BODY_ABOVE_HU, i32::from(i16::MAX)), h.total());
    let share = if body_ml > 0.0 { (blood::pools_ml(volume) / body_ml).min(1.0) } else { 0.0 };
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let least = if x_mm.max(y_mm) > COARSE_PIXEL_MM { 2.0 * POOL_SHARE } else { POOL_SHARE };
    (share, share >= least)
}

pub(super) fn lossy(facts: &Facts) -> Option<CheckItem> {
    facts.lossy.then(|| {
        CheckItem::new(
            "lossy",
            "Compression",
            Status::Warn,
            "lossy",
            "The pixels were compressed with loss: single values are not those that were measured.",
        )
    })
}

pub(super) fn cone_beam(facts: &Facts) -> Option<CheckItem> {
    facts.cone_beam.then(|| {
        CheckItem::new(
            "coneBeam",
            "Cone beam",
            Status::Warn,
            "cone-beam CT",
            "In cone-beam CT the values are no reliable Hounsfield units: thresholds may be off by hundreds.",
        )
    })
}

fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.001 {
        "less than 0.1 %".into()
    } else {
        format!("{:.1} %", 100.0 * share)
    }
}

/// A number with a true minus sign and without needless digits.
fn plain(value: f64) -> String {
    let digits = format!("{:.4}", value.abs());
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    if value < 0.0 { format!("−{digits}") } else { digits.into() }
}
