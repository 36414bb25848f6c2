//! Which window's page calls a command: Tauri says it, and nothing that the page sends.
//! Not here: what that window may call (`doors`).

use specta::Types;
use specta::datatype::DataType;
use specta::function::FunctionArg;
use tauri::Runtime;
use tauri::ipc::{CommandArg, CommandItem, InvokeError};

use crate::view::WindowName;
use crate::windows::PANEL;

/// The window that calls; an argument that no page gives.
pub struct Caller(String);

impl Caller {
    /// The window's label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.0
    }

    /// The window by its name.
    #[must_use]
    pub fn name(&self) -> WindowName {
        if self.0 == PANEL { WindowName::DevPanel } else { WindowName::Main }
    }
}

impl<'de, R: Runtime> CommandArg<'de, R> for Caller {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        Ok(Self(command.message.webview_ref().label().to_owned()))
    }
}

impl FunctionArg for Caller {
    fn to_datatype(_: &mut Types) -> Option<DataType> {
        None
    }
}
