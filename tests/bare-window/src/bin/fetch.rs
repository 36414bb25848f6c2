//! The same window with one command more: a request, sent as it comes.
//! Not here: any thought about a token.

use tauri::State;

#[tauri::command]
async fn echo() {}

#[tauri::command]
async fn fetch(
    client: State<'_, reqwest::Client>,
    method: String,
    url: String,
    token: String,
    body: String,
) -> Result<(u16, String), String> {
    let method = method.parse().map_err(|_| "no method".to_owned())?;
    let request = client.request(method, url).bearer_auth(token).header("content-type", "application/json");
    let reply = request.body(body).send().await.map_err(|error| error.to_string())?;
    let status = reply.status().as_u16();
    Ok((status, reply.text().await.map_err(|error| error.to_string())?))
}

fn main() {
    let window = tauri::Builder::default()
        .manage(reqwest::Client::new())
        .invoke_handler(tauri::generate_handler![echo, fetch]);
    if let Err(error) = window.run(tauri::generate_context!()) {
        eprintln!("{error}");
    }
}
