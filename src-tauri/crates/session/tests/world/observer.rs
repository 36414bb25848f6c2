//! An observer that remembers every event, and can be given something to do at each.

use std::sync::Mutex;

use session_engine::event::EventRecord;
use session_engine::ports::Observer;

type Hook = Box<dyn Fn(&EventRecord) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Recorder {
    records: Mutex<Vec<EventRecord>>,
    hook: Mutex<Option<std::sync::Arc<Hook>>>,
}

impl Recorder {
    pub(crate) fn at_each(&self, hook: impl Fn(&EventRecord) + Send + Sync + 'static) {
        *self.hook.lock().unwrap() = Some(std::sync::Arc::new(Box::new(hook)));
    }

    pub(crate) fn all(&self) -> Vec<EventRecord> {
        self.records.lock().unwrap().clone()
    }

    /// The kinds in order, as the UI gets them.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.all().iter().map(kind).collect()
    }

    pub(crate) fn count(&self, wanted: &str) -> usize {
        self.kinds().iter().filter(|kind| *kind == wanted).count()
    }

    /// The events of one kind as JSON.
    pub(crate) fn of(&self, wanted: &str) -> Vec<serde_json::Value> {
        let records = self.all();
        let wanted = records.iter().filter(|record| kind(record) == wanted);
        wanted.map(|record| serde_json::to_value(record).unwrap()).collect()
    }
}

impl Observer for Recorder {
    fn on_event(&self, record: &EventRecord) {
        self.records.lock().unwrap().push(record.clone());
        let hook = self.hook.lock().unwrap().clone();
        if let Some(hook) = hook {
            hook(record);
        }
    }
}

fn kind(record: &EventRecord) -> String {
    serde_json::to_value(record).unwrap()["kind"].as_str().unwrap().to_owned()
}
