//! The program's entry: hands over to the library, which is also what the tests start.
//! No logic is here.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    session_keeper::run()
}
