//! Paths whose 401 a new token did not cure: for a minute another 401 there is the caller's, and asks for no refresh (R7, F12).
//! So one misbehaving endpoint cannot cause a refresh with every call. Not here: what a 401 is about (`verdict`).

use std::collections::HashMap;
use std::time::Duration;

use crate::lifetime::Moment;
use crate::sync::{Mutex, lock};

/// How long a path is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(60);

/// How many paths are remembered; beyond that the oldest is forgotten.
const AT_MOST: usize = 64;

/// The paths, each with the boot clock's time of its last uncured 401.
#[derive(Default)]
pub(crate) struct Incurable(Mutex<HashMap<String, Duration>>);

impl Incurable {
    /// A 401 came for the new token, too.
    pub(crate) fn note(&self, path: &str, now: Moment) {
        let mut paths = lock(&self.0);
        if paths.len() >= AT_MOST {
            let oldest = paths.iter().min_by_key(|(_, at)| **at).map(|(path, _)| path.clone());
            oldest.and_then(|path| paths.remove(&path));
        }
        paths.insert(without_query(path).to_owned(), now.boot);
    }

    /// Whether a 401 there is known not to be about the token.
    pub(crate) fn holds(&self, path: &str, now: Moment) -> bool {
        let noted = lock(&self.0).get(without_query(path)).copied();
        noted.is_some_and(|at| now.boot.saturating_sub(at) < LEFT_ALONE)
    }
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Moment {
        Moment { wall_ms: 0, boot: Duration::from_secs(secs) }
    }

    #[test]
    fn f12_a_path_is_left_alone_for_a_minute_whatever_its_query() {
        let paths = Incurable::default();
        paths.note("a/?x=1", at(0));
        assert!(paths.holds("a/?x=2", at(59)) && !paths.holds("a/", at(60)) && !paths.holds("b/", at(1)));
    }

    #[test]
    fn no_more_than_so_many_paths_are_remembered() {
        let paths = Incurable::default();
        (0..1000u64).for_each(|n| paths.note(&n.to_string(), at(n)));
        assert_eq!(lock(&paths.0).len(), AT_MOST);
        assert!(paths.holds("999", at(999)) && !paths.holds("900", at(901)));
    }
}
