//! Which threshold, and why: the classical rule, and one that does not jump with noise.
//!
//! The classical rule takes the first or second local minimum of the curve, whichever is lower. It
//! hangs on single specks: one more or one less moves the minimum by a hundred HU. The stable rule
//! looks only at what specks cannot move:
//! 1. *The noise ends*: while soft-tissue noise still passes, each HU removes a good share of all
//!    voxels; in bone it removes little. The search starts where that share falls below 1 % a HU.
//! 2. *The skeleton holds together*: the number of parts of anatomical size (from the sizes that
//!    the merge forest carries) stays the same over a stretch of thresholds. The lowest threshold
//!    of the first long stretch is taken: thin plates of bone are the first thing a higher one loses.

use serde::{Deserialize, Serialize};

use super::{Curve, LEVELS};

/// A way to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// Ours: the lowest threshold of the first stable stretch above the noise.
    Stable,
    /// First or second local minimum on the published grid of every 14th HU.
    Classical14,
    /// First or second local minimum of all 351.
    ClassicalEvery,
    /// The anatomy recipe's: where bone begins at the scan's resolution. It tells vessels apart by
    /// what surrounds them, so that it need not hide behind a high threshold.
    Resolution,
    /// The caller's own.
    Given,
    /// Nothing in the curve says anything: the lowest threshold.
    Fallback,
}

/// One rule's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Whose answer.
    pub rule: Rule,
    /// The threshold; `None` when the rule has no answer here.
    pub threshold_hu: Option<i16>,
    /// One sentence with the numbers behind it.
    pub reason: String,
}

/// Thresholds over which the number of large parts does not change, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// The lowest threshold.
    pub from_hu: i16,
    /// The highest threshold.
    pub to_hu: i16,
}

/// The choice, and what the other rules would have chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The threshold.
    pub threshold_hu: i16,
    /// The rule that chose.
    pub rule: Rule,
    /// Why, in one sentence with numbers.
    pub reason: String,
    /// The other rules' proposals.
    pub others: Vec<Proposal>,
    /// All local minima of the curve, in HU.
    pub minima_hu: Vec<i16>,
    /// Stretches of at least [`MIN_STRETCH_HU`] over which the large parts stay the same.
    pub stable: Vec<Stretch>,
}

/// A shorter stretch is no evidence of anything.
pub const MIN_STRETCH_HU: usize = 10;
/// The published rule's grid.
const CLASSICAL_STEP_HU: usize = 14;
/// The share of voxels one HU removes is taken over this many.
const NOISE_WINDOW_HU: usize = 20;
/// Above this share a HU, noise still passes. Bone loses 0.3–0.6 % a HU; the tail of soft-tissue
/// noise loses (t − mean) / sd², which is 2 % or more wherever it matters.
const NOISE_SHARE_PER_HU: f64 = 0.01;

/// Chooses from a curve that was counted with [`Sizes`](super::Sizes).
#[must_use]
pub fn choose(curve: &Curve) -> Choice {
    let every = classical(curve, 1, Rule::ClassicalEvery);
    let published = classical(curve, CLASSICAL_STEP_HU, Rule::Classical14);
    let stable = stretches(curve);
    let ours = stable_rule(curve, &stable);
    let minima_hu = local_minima(&curve.components).map(|k| hu_of(curve, k)).collect();
    Choice {
        threshold_hu: ours.threshold_hu.unwrap_or(curve.first_hu),
        rule: ours.rule,
        reason: ours.reason,
        others: vec![published, every],
        minima_hu,
        stable,
    }
}

impl Choice {
    /// Another rule's threshold instead; ours moves to the front of the other proposals.
    #[must_use]
    pub fn with(mut self, rule: Rule, threshold_hu: i16, reason: impl Into<String>) -> Self {
        let ours = Proposal {
            rule: self.rule,
            threshold_hu: Some(self.threshold_hu),
            reason: self.reason,
        };
        self.others.insert(0, ours);
        Self { threshold_hu, rule, reason: reason.into(), ..self }
    }
}

fn hu_of(curve: &Curve, index: usize) -> i16 {
    // At most 500: the curve has LEVELS entries.
    curve.first_hu.saturating_add(index.min(LEVELS) as i16)
}

/// First or second local minimum on every `step`th threshold, whichever has fewer components; the
/// global minimum when there is none.
fn classical(curve: &Curve, step: usize, rule: Rule) -> Proposal {
    let counts: Vec<u32> = curve.components.iter().step_by(step).copied().collect();
    let minima: Vec<usize> = local_minima(&counts).collect();
    let lowest = |indices: &mut dyn Iterator<Item = usize>| indices.min_by_key(|k| counts[*k]);
    let found = lowest(&mut minima.iter().take(2).copied());
    let chosen = found.or_else(|| lowest(&mut (0..counts.len())));
    let at = |k: usize| hu_of(curve, k * step);
    let reason = match (found, chosen) {
        (Some(k), _) => {
            let named: Vec<String> = minima.iter().take(2).map(|k| at(*k).to_string()).collect();
            format!(
                "Fewest components ({}) of the first local minima ({} HU)",
                counts[k],
                named.join(", ")
            )
        }
        (None, Some(k)) => {
            format!("The curve has no local minimum; fewest components ({}) anywhere", counts[k])
        }
        (None, None) => "The curve is empty".into(),
    };
    Proposal { rule, threshold_hu: chosen.map(at), reason }
}

/// Indices of local minima: lower than what comes before and after. Of a flat bottom, the first.
fn local_minima(counts: &[u32]) -> impl Iterator<Item = usize> {
    let mut start = 1;
    std::iter::from_fn(move || {
        while start + 1 < counts.len() {
            let here = start;
            let flat = counts[here..].iter().take_while(|n| **n == counts[here]).count();
            start = here + flat;
            if counts[here - 1] > counts[here]
                && counts.get(start).is_some_and(|n| *n > counts[here])
            {
                return Some(here);
            }
        }
        None
    })
}

/// Stretches of one number of large parts, at least [`MIN_STRETCH_HU`] long.
fn stretches(curve: &Curve) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut start = 0;
    for same in curve.large_components.chunk_by(|a, b| a == b) {
        if same.len() >= MIN_STRETCH_HU && same[0] > 0 {
            let (from_hu, to_hu) = (hu_of(curve, start), hu_of(curve, start + same.len() - 1));
            found.push(Stretch { from_hu, to_hu });
        }
        start += same.len();
    }
    found
}

/// The lowest threshold from which on a HU removes less than [`NOISE_SHARE_PER_HU`] of the voxels.
fn noise_ends(curve: &Curve) -> Option<usize> {
    (0..curve.voxels.len().saturating_sub(NOISE_WINDOW_HU)).find(|&k| {
        let (here, after) = (curve.voxels[k] as f64, curve.voxels[k + NOISE_WINDOW_HU] as f64);
        here > 0.0 && (here - after) / here <= NOISE_SHARE_PER_HU * NOISE_WINDOW_HU as f64
    })
}

fn stable_rule(curve: &Curve, stable: &[Stretch]) -> Proposal {
    if curve.voxels.first().is_none_or(|n| *n == 0) {
        return Proposal {
            rule: Rule::Fallback,
            threshold_hu: Some(curve.first_hu),
            reason: "No voxel lies between 150 and 1300 HU: is this a CT of bone?".into(),
        };
    }
    let Some(quiet) = noise_ends(curve) else {
        return Proposal {
            rule: Rule::Fallback,
            threshold_hu: Some(curve.first_hu),
            reason: "Noise passes at every threshold, so the curve says nothing: the lowest".into(),
        };
    };
    let quiet_hu = hu_of(curve, quiet);
    let noise = if quiet == 0 {
        format!("No noise passes even at {quiet_hu} HU")
    } else {
        format!("Noise passes below {quiet_hu} HU")
    };
    if curve.large_components.is_empty() {
        return Proposal {
            rule: Rule::Fallback,
            threshold_hu: Some(quiet_hu),
            reason: format!(
                "{noise}; so much of the scan is brighter than {} HU that its parts were not sized",
                curve.first_hu
            ),
        };
    }
    let long_enough = |s: &&Stretch| {
        i32::from(s.to_hu) - i32::from(s.from_hu.max(quiet_hu)) >= MIN_STRETCH_HU as i32 - 1
    };
    match stable.iter().find(long_enough) {
        Some(stretch) => {
            let from_hu = stretch.from_hu.max(quiet_hu);
            let parts =
                curve.large_components.get(usize::from((from_hu - curve.first_hu).unsigned_abs()));
            let parts = match parts.copied().unwrap_or(0) {
                1 => "stays one part".to_owned(),
                n => format!("keeps its {n} large parts"),
            };
            Proposal {
                rule: Rule::Stable,
                threshold_hu: Some(from_hu),
                reason: format!(
                    "{noise}, and the skeleton {parts} from {from_hu} to {} HU",
                    stretch.to_hu
                ),
            }
        }
        None => Proposal {
            rule: Rule::Stable,
            threshold_hu: Some(quiet_hu),
            reason: format!("{noise}; the large parts change at every threshold above"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Neighbourhood;

    fn curve_of(components: Vec<u32>, voxels: Vec<u64>, large_components: Vec<u32>) -> Curve {
        Curve {
            first_hu: 150,
            neighbourhood: Neighbourhood::Corners26,
            largest_voxels: voxels.clone(),
            components,
            voxels,
            large_components,
        }
    }

    /// Bone that loses 0.4 % a HU.
    fn bone() -> Vec<u64> {
        (0..LEVELS).map(|k| (1e6 * 0.996f64.powi(k as i32)) as u64).collect()
    }

    #[test]
    fn a_minimum_is_lower_than_both_sides_and_flat_ones_count_once() {
        let minima = |counts: &[u32]| local_minima(counts).collect::<Vec<_>>();
        assert_eq!(minima(&[3, 2, 2, 4, 1, 5]), [1, 4]);
        assert_eq!(minima(&[3, 2, 2, 1]), Vec::<usize>::new());
        assert_eq!(minima(&[1, 2, 3]), Vec::<usize>::new());
    }

    #[test]
    fn the_classical_rule_takes_the_lower_of_the_first_two_minima() {
        let mut counts = vec![1000; LEVELS];
        for (k, n) in [(28, 400), (112, 300), (252, 10)] {
            counts[k] = n;
        }
        let choice = choose(&curve_of(counts, bone(), vec![1; LEVELS]));
        assert_eq!(choice.others[0].threshold_hu, Some(262));
        assert_eq!(choice.others[1].threshold_hu, Some(262));
        assert_eq!(choice.minima_hu, [178, 262, 402]);
    }

    #[test]
    fn the_stable_rule_skips_the_noise() {
        // Noise that halves every 10 HU on top of bone.
        let voxels = bone()
            .into_iter()
            .enumerate()
            .map(|(k, n)| n + (1e7 * 0.5f64.powf(k as f64 / 10.0)) as u64);
        let choice = choose(&curve_of((0..351).rev().collect(), voxels.collect(), vec![1; LEVELS]));
        assert_eq!(choice.rule, Rule::Stable);
        assert!((190..240).contains(&choice.threshold_hu), "{choice:?}");
        assert!(choice.reason.contains("Noise passes below"), "{}", choice.reason);
    }

    #[test]
    fn the_stable_rule_waits_for_a_long_stretch() {
        let large: Vec<u32> = (0..LEVELS as u32).map(|k| if k < 30 { k / 4 } else { 7 }).collect();
        let choice = choose(&curve_of((0..351).rev().collect(), bone(), large));
        assert_eq!(choice.threshold_hu, 178);
        assert_eq!(choice.stable, [Stretch { from_hu: 178, to_hu: 500 }]);
    }

    #[test]
    fn without_voxels_it_says_so() {
        let choice = choose(&curve_of(vec![0; LEVELS], vec![0; LEVELS], vec![0; LEVELS]));
        assert_eq!((choice.rule, choice.threshold_hu), (Rule::Fallback, 150));
        assert!(choice.reason.contains("No voxel"));
    }

    #[test]
    fn a_given_threshold_keeps_ours_as_a_proposal() {
        let choice = choose(&curve_of((0..351).rev().collect(), bone(), vec![1; LEVELS]));
        let given = choice.clone().with(Rule::Given, 300, "As given");
        assert_eq!((given.threshold_hu, given.rule), (300, Rule::Given));
        assert_eq!(given.others[0].threshold_hu, Some(choice.threshold_hu));
    }
}
