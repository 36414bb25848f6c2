//! The program's entry: hands over to the command line, and, where that wants the window, to the library.
//! No logic is here.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    session_keeper::cli::run(std::env::args_os().skip(1)).unwrap_or_else(session_keeper::run)
}
