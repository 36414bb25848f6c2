//! P13: the store plugin saves every open store at exit, so none is open then. Not here: the writes themselves.

use std::fs;
use std::sync::Arc;

use session_keeper::keepsakes::{Place, RecordStore};
use tauri::{RunEvent, WebviewWindowBuilder};
use tauri_plugin_store::StoreExt;

use super::shelf::{NAME, Shelf};

#[test]
fn p13_a_damaged_slot_that_is_being_read_at_exit_is_not_overwritten_by_the_plugins_save() {
    let shelf = Shelf::new();
    shelf.write("one");
    let (slot, folder) = (shelf.slot('b'), shelf.folder.clone());
    // Long to read, and damaged at its very end: while it is read, the plugin's store of it is open and empty.
    let wreck = format!("{{\"slot\":[{}", "0,".repeat(500_000));
    fs::write(&slot, &wreck).unwrap();
    let (app, slots, _own) = shelf.into_parts();
    let slots = Arc::new(slots);
    let window = WebviewWindowBuilder::new(&app, "main", Default::default()).build().unwrap();

    let (reader, place) = (Arc::clone(&slots), folder.clone());
    let reading = std::thread::spawn(move || {
        reader.read(&Place { folder: &place, name: NAME }, &|_| true).map(|found| found.record)
    });
    while app.get_store(&slot).is_none() {
        assert!(!reading.is_finished(), "it was read before the exit began");
        std::thread::yield_now();
    }
    app.run_return(move |_, event| {
        if matches!(event, RunEvent::Ready) {
            window.close().unwrap();
        }
    });

    assert_eq!(reading.join().unwrap().unwrap().as_deref(), Some("one"));
    assert!(!slot.exists(), "something was written in the damaged slot's place");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = names.filter(|path| path.to_string_lossy().contains(".corrupt-")).collect();
    assert_eq!(aside.len(), 1);
    assert!(fs::read_to_string(&aside[0]).unwrap() == wreck, "what was put aside is not what was there");

    let late = slots.write(&Place { folder: &folder, name: NAME }, "two").unwrap_err().0;
    assert!(late.contains("the program is ending"), "{late}");
}
