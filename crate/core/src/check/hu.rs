//! Is it in Hounsfield units? Air near −1000 and soft tissue near 50 decide, not the header.

use super::{CheckItem, Status};
use crate::{
    Error, Facts,
    facts::Units,
    tally::{Peak, Spread, ratio},
    volume::PADDING_BELOW_HU,
};

/// Air outside the body and in the trachea, with what calibration and noise do to it.
const AIR_HU: [i32; 2] = [-1060, -930];
const AIR_SHARE: f64 = 0.01;
/// Air in lungs, from emphysema to expiration.
const LUNG_HU: [i32; 2] = [-950, -500];
const LUNG_SHARE: f64 = 0.05;
/// Muscle, blood and organs; then with fat, which in some people is more.
const MUSCLE_HU: [i32; 2] = [-30, 130];
const SOFT_HU: [i32; 2] = [-150, 150];
const SOFT_SHARE: f64 = 0.01;
const FAT_HU: [i32; 2] = [-130, -60];
const FAT_SHARE: f64 = 0.03;
/// The body is above this …
const BODY_ABOVE_HU: i32 = -400;
/// … and at least this share of it is soft tissue and fat, with noise; a skull full of contrast
/// still has a quarter.
const TISSUE_HU: [i32; 2] = [-200, 200];
const TISSUE_SHARE: f64 = 0.15;
/// Every body has fat or air: at least this share below this.
const NEGATIVE_HU: i32 = -30;
const NEGATIVE_SHARE: f64 = 0.005;
/// Not one voxel in a hundred of a CT is above this: dense bone ends at 2000, metal is small.
const HIGHEST_HU: i32 = 3500;
/// Fewer different values have labels, masks and normalised images.
const LEAST_SPAN: i32 = 100;
/// What is added or taken by mistake: the usual intercepts.
const OFFSETS: [i32; 3] = [1024, 1000, -1024];
/// Every scan with air in it has some of it here, at its edges if nowhere else …
const AIR_BELOW_HU: i32 = -200;
const AIR_BELOW_SHARE: f64 = 0.005;
/// … and of fat and muscle there is many times what there is of half-filled voxels.
const FAT_TO_MUSCLE_HU: [i32; 2] = [-130, 100];
const HALF_FILLED_HU: [i32; 2] = [-424, -194];
const STANDS_OUT: u64 = 3;
/// A window that ends above this takes no bone away.
const HIGHEST_BONE_HU: i32 = 1500;
/// A share at the very first or last value that only a window leaves there.
const CLIPPED_SHARE: f64 = 0.005;

/// What the values look like.
struct Look {
    air: Option<Peak>,
    soft: Option<Peak>,
    /// Soft tissue and fat among what is above lung.
    tissue: f64,
    negative: f64,
    low: i32,
    high: i32,
}

impl Look {
    fn at(h: &Spread) -> Self {
        let peak = |[low, high]: [i32; 2], least| h.peak(low, high, least);
        let body = h.count(BODY_ABOVE_HU, i32::from(i16::MAX));
        Self {
            air: peak(AIR_HU, AIR_SHARE),
            soft: peak(MUSCLE_HU, SOFT_SHARE).or_else(|| peak(SOFT_HU, SOFT_SHARE)),
            tissue: ratio(h.count(TISSUE_HU[0], TISSUE_HU[1]), body),
            negative: h.share(-1024, NEGATIVE_HU),
            low: h.quantile(0.001),
            high: h.quantile(0.999),
        }
    }

    fn fits(&self, h: &Spread) -> bool {
        self.soft.is_some()
            && self.tissue >= TISSUE_SHARE
            && self.negative >= NEGATIVE_SHARE
            && h.quantile(0.99) <= HIGHEST_HU
            && self.high - self.low >= LEAST_SPAN
    }
}

/// Do the values look like Hounsfield units, whatever the header says?
pub(super) fn fits(h: &Spread) -> bool {
    h.inside() > 0 && Look::at(h).fits(h)
}

/// # Errors
/// [`Error::OutOfMemory`].
pub(super) fn item(h: &Spread, facts: &Facts) -> Result<CheckItem, Error> {
    let (status, value, message) = judge(h, facts)?;
    Ok(CheckItem::new("hu", "Hounsfield units", status, value, message))
}

fn judge(h: &Spread, facts: &Facts) -> Result<(Status, String, String), Error> {
    if h.inside() == 0 {
        return Ok((
            Status::Fail,
            "no values".into(),
            "Every voxel is padding (below −1024) or no number.".into(),
        ));
    }
    let look = Look::at(h);
    let range = format!("{} to {}", signed(look.low), highest(look.high));
    if facts.units == Units::Grey {
        return Ok((
            Status::Fail,
            range,
            "These are grey values of a picture, not Hounsfield units: thresholds in HU mean nothing here."
                .into(),
        ));
    }
    if !look.fits(h) {
        return Ok((Status::Fail, range, why_not(h, &look)?));
    }
    for offset in OFFSETS {
        // Padding may lie where air or fat should be, and shifted air where soft tissue should. But
        // then no air has a spread, as noise gives it, where it should be, and all of it has below.
        let suspect = offset < 0
            || h.smooth_share(i32::from(PADDING_BELOW_HU), AIR_BELOW_HU) < AIR_BELOW_SHARE;
        if suspect && let Some(message) = shifted(h, offset, true)? {
            return Ok((Status::Fail, range, message));
        }
    }
    let soft = look.soft.map_or(0, |peak| peak.hu);
    let soft_text = format!("soft tissue {} HU", signed(soft));
    if let Some(message) = clipped(h, &look) {
        return Ok((Status::Warn, format!("{range}, {soft_text}"), message));
    }
    if let Some(air) = look.air {
        return Ok((
            Status::Pass,
            format!("air {} HU, {soft_text}", signed(air.hu)),
            "Air and soft tissue lie where Hounsfield units put them.".into(),
        ));
    }
    if h.share(LUNG_HU[0], LUNG_HU[1]) >= LUNG_SHARE {
        let lung = h.peak(LUNG_HU[0], LUNG_HU[1], 0.0);
        let lung =
            lung.map_or("lung without a peak".into(), |p| format!("lung {} HU", signed(p.hu)));
        return Ok((
            Status::Pass,
            format!("{lung}, {soft_text}"),
            "There is no air outside the body, as in a crop; lung and soft tissue lie where Hounsfield units put them."
                .into(),
        ));
    }
    if h.share(FAT_HU[0], FAT_HU[1]) >= FAT_SHARE {
        return Ok((
            Status::Pass,
            format!("{soft_text}, no air"),
            "There is no air, as in a crop; fat and soft tissue lie where Hounsfield units put them."
                .into(),
        ));
    }
    Ok((
        Status::Warn,
        format!("{soft_text}, no air"),
        "Soft tissue lies where Hounsfield units put it, but there is neither air nor fat to confirm the scale."
            .into(),
    ))
}

/// Why these are no Hounsfield units.
fn why_not(h: &Spread, look: &Look) -> Result<String, Error> {
    if look.low >= 0 && look.high <= 255 {
        return Ok("All values lie between 0 and 255: an 8-bit picture, a mask or labels, not Hounsfield units."
            .into());
    }
    if look.low >= BEYOND {
        return Ok(format!("Nearly all values are {BEYOND} or more: this is no CT, or not in HU."));
    }
    if look.high - look.low < LEAST_SPAN {
        return Ok(format!(
            "Nearly all values lie within {} units of each other: normalised values, a mask or labels, not Hounsfield units.",
            look.high - look.low
        ));
    }
    for offset in OFFSETS {
        if let Some(message) = shifted(h, offset, false)? {
            return Ok(message);
        }
    }
    Ok(if look.negative < NEGATIVE_SHARE {
        "Hardly any value is below 0, but air and fat are in Hounsfield units: this is no CT, or not in HU."
            .into()
    } else if h.quantile(0.99) > HIGHEST_HU {
        format!(
            "One voxel in a hundred is above {}: this is no CT, or not in HU.",
            signed(HIGHEST_HU)
        )
    } else {
        format!(
            "Only {:.0} % of what is denser than lung lies between −200 and 200, where soft tissue and fat are in Hounsfield units: this is no CT, or not in HU.",
            100.0 * look.tissue
        )
    })
}

/// Would these be Hounsfield units without `offset`? Then a sentence. `strictly`: with air that has
/// a spread, and soft tissue that stands out as no bone does.
fn shifted(h: &Spread, offset: i32, strictly: bool) -> Result<Option<String>, Error> {
    let moved = h.lowered_by(offset)?;
    let there = Look::at(&moved);
    let count = |[low, high]: [i32; 2]| moved.count(low, high);
    let stands_out = || {
        moved.smooth_peak(AIR_HU, AIR_SHARE).is_some()
            && count(FAT_TO_MUSCLE_HU) >= count(HALF_FILLED_HU).saturating_mul(STANDS_OUT)
    };
    let Some(air) = there.air.filter(|_| there.fits(&moved) && (!strictly || stands_out())) else {
        return Ok(None);
    };
    let soft = there.soft.map_or(0, |peak| peak.hu);
    Ok(Some(format!(
        "The values look like Hounsfield units that are {} by {}: air would be at {} HU and soft tissue at {} HU without that.",
        if offset > 0 { "too high" } else { "too low" },
        offset.abs(),
        signed(air.hu),
        signed(soft),
    )))
}

/// A window was applied: what lies beyond it is lost.
fn clipped(h: &Spread, look: &Look) -> Option<String> {
    let [first, last] = [h.quantile(0.0), h.quantile(1.0)];
    // Values go on right up to a clip; a synthetic image has lone values anywhere.
    let at = |hu: i32, before: [i32; 2]| {
        h.share(hu, hu) >= CLIPPED_SHARE && h.count(before[0], before[1]) > 0
    };
    let below = first > LUNG_HU[0] && look.low == first && at(first, [first + 1, first + 16]);
    let above = last < HIGHEST_BONE_HU && look.high == last && at(last, [last - 16, last - 1]);
    let (first, last) = (signed(first), signed(last));
    match (below, above) {
        (true, true) => Some(format!(
            "The values end at {first} and {last} as if a window had been applied: bone, air or both are cut off."
        )),
        (true, false) => Some(format!(
            "The values end at {first} as if a window had been applied: air and lung are cut off."
        )),
        (false, true) => Some(format!(
            "The values end at {last} as if a window had been applied: dense bone and metal are cut off."
        )),
        (false, false) => None,
    }
}

/// The histogram ends here: what is more counts as this.
const BEYOND: i32 = i16::MAX as i32;

/// A value, or that it is beyond the histogram's end.
fn highest(value: i32) -> String {
    if value >= BEYOND { format!("{BEYOND} or more") } else { signed(value) }
}

/// With the minus sign of text.
pub(super) fn signed(value: i32) -> String {
    if value < 0 { format!("−{}", value.unsigned_abs()) } else { value.to_string() }
}
