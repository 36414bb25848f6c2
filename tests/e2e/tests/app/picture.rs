//! What a person sees, in the real window: the waterfall, what is exported, who can use it and how, its languages, its letters, its quiet, and its two windows.
//! Not in it: the promises about tokens and calls (`promises`), and the ten scenarios (there, too).

mod access;
mod apart;
mod export;
mod keyboard;
mod languages;
mod letters;
mod pace;
mod quiet;
mod waterfall;
