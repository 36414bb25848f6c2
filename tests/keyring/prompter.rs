//! A desktop whose password dialog is on the screen, and nobody sits in front of it.
//! Not here: an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zbus::blocking::{Connection, MessageIterator};

use super::bus::Bus;

/// Shows dialogs and never says that one was answered.
pub(crate) struct Prompter {
    shown: Arc<AtomicUsize>,
    _on_the_bus: Connection,
}

impl Prompter {
    pub(crate) fn on(bus: &Bus) -> Self {
        let connection = bus.connect();
        let asked = MessageIterator::from(&connection);
        connection.request_name("org.gnome.keyring.SystemPrompter").unwrap();
        let shown = Arc::<AtomicUsize>::default();
        let (count, replies) = (Arc::clone(&shown), connection.clone());
        std::thread::spawn(move || {
            for message in asked.map_while(Result::ok) {
                let header = message.header();
                if header.member().is_some_and(|member| member == "BeginPrompting") {
                    count.fetch_add(1, Ordering::SeqCst);
                    let _ = replies.reply(&header, &());
                }
            }
        });
        Self { shown, _on_the_bus: connection }
    }

    /// How many dialogs were asked for.
    pub(crate) fn shown(&self) -> usize {
        self.shown.load(Ordering::SeqCst)
    }
}
