//! Chance, all of it from one seed: the same seed gives the same story.
//! Not here: the engine's own dice, which `session_engine::load_dice` loads from the same seed.

use std::time::Duration;

/// SplitMix64.
pub(crate) struct Dice(u64);

/// The seed of one session of a run.
pub(crate) fn seed_of(run: u64, session: u64) -> u64 {
    Dice(run ^ session.wrapping_mul(0xd134_2543_de82_ef95)).next()
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `n - 1`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// True `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    pub(crate) fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from + 1))
    }

    pub(crate) fn secs(&mut self, from: u64, to: u64) -> Duration {
        self.millis(from * 1000, to * 1000)
    }

    pub(crate) fn minutes(&mut self, from: u64, to: u64) -> Duration {
        self.secs(from * 60, to * 60)
    }

    pub(crate) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[usize::try_from(self.below(among.len() as u64)).unwrap()]
    }

    /// One of them, each as often as its weight says.
    pub(crate) fn weigh<T: Copy>(&mut self, among: &[(u64, T)]) -> T {
        let mut left = self.below(among.iter().map(|(weight, _)| weight).sum());
        for (weight, what) in among {
            match left.checked_sub(*weight) {
                Some(less) => left = less,
                None => return *what,
            }
        }
        among[0].1
    }
}
