//! A window with a page of three lines, and one command that answers nothing.
//! Not here: an HTTP client, which would make the program larger (`bin/fetch.rs`).

#[tauri::command]
async fn echo() {}

fn main() {
    let window = tauri::Builder::default().invoke_handler(tauri::generate_handler![echo]);
    if let Err(error) = window.run(tauri::generate_context!()) {
        eprintln!("{error}");
    }
}
