//! What is known of a scan once it was prepared.

use super::Step;
use crate::{Facts, facts::Units};

/// What a step leaves of the facts: values that were normalised are HU no more, and planes of
/// another grid are not those that were interpolated. What was wrong with the scan stays said.
#[must_use]
pub fn facts_after(mut facts: Facts, step: &Step) -> Facts {
    match step {
        Step::Normalise { .. } | Step::ZeroCentre { .. } | Step::ZScore => {
            facts.units = Units::Other;
            facts.padding_hu = None;
        }
        Step::Resample { .. } | Step::Crop { .. } | Step::Pad { .. } | Step::Reorient { .. } => {
            if let Some(stack) = &mut facts.stack {
                stack.made.clear();
            }
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Stack;

    #[test]
    fn hu_end_where_values_change_and_planes_where_the_grid_does() {
        let stack = Stack { missing: 3, made: vec![4, 5, 6], ..Stack::default() };
        let facts = Facts { units: Units::Hu, stack: Some(stack), ..Facts::default() };
        let cropped = facts_after(facts.clone(), &Step::Crop { margin_mm: 0.0 });
        assert_eq!(cropped.units, Units::Hu);
        let stack = cropped.stack.unwrap();
        assert_eq!((stack.missing, stack.made.len()), (3, 0));
        let normalised = facts_after(facts.clone(), &Step::ZScore);
        assert_eq!((normalised.units, normalised.stack), (Units::Other, facts.stack));
    }
}
