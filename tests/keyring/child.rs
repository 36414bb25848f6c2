//! This test binary once more, in a process of its own: it finds the bus it is to find, and does one thing after the other as it is
//! told. Not here: what there is to do (`teller`, `program`).

use std::future::Future;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use session_engine::ports::Clock;
use session_keeper::adapters::clock::SystemClock;

/// Stands before what a child answers.
const MARK: &str = "the child answers: ";

/// How often the child's thread shows that it is free.
const TICK: Duration = Duration::from_millis(10);

/// How long any answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// What else would lead a program to a bus or a keyring.
const LEADS: [&str; 6] =
    ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "HOME", "DISPLAY", "WAYLAND_DISPLAY"];

/// A child that waits for its next order.
pub(crate) struct Worker {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<Value>,
}

/// What came of an order.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What the order gave, or the sentence that says why not.
    pub(crate) result: Result<Value, String>,
    /// How long it took.
    pub(crate) took: Duration,
    /// How often the child's thread ticked meanwhile.
    pub(crate) ticks: u64,
}

impl Worker {
    /// Starts one ignored test of this binary, which must [`serve`].
    pub(crate) fn start(test: &str, environment: &[(&str, String)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", &format!("keyring::{test}"), "--ignored", "--nocapture"]);
        for name in LEADS {
            command.env_remove(name);
        }
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, said) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let (tell, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                if let Some((_, answer)) = line.split_once(MARK) {
                    let _ = tell.send(serde_json::from_str(answer).unwrap());
                }
            }
        });
        Self { child, orders, answers }
    }

    /// Gives an order and waits for the answer.
    pub(crate) fn give(&mut self, order: &Value) -> Answer {
        self.begin(order);
        self.answer()
    }

    /// Gives an order.
    pub(crate) fn begin(&mut self, order: &Value) {
        writeln!(self.orders, "{order}").unwrap();
    }

    /// The next answer.
    pub(crate) fn answer(&self) -> Answer {
        let answer = self.answers.recv_timeout(PATIENCE).expect("the child ended or hangs");
        let result = match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["ok"].clone()),
        };
        let took = Duration::from_millis(answer["ms"].as_u64().unwrap());
        Answer { result, took, ticks: answer["ticks"].as_u64().unwrap() }
    }

    /// How many threads of this name the child has.
    pub(crate) fn threads(&self, name: &str) -> usize {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let named = |task: &std::fs::DirEntry| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
        };
        tasks.flatten().filter(named).count()
    }
}

/// kill -9.
impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Carries out the orders that come on standard input, one after the other. Run it on a runtime of one thread: what blocks that
/// thread stops the ticks.
#[expect(clippy::print_stdout, reason = "it has no other way to answer")]
pub(crate) async fn serve<F: Future<Output = Result<Value, String>>>(mut order: impl FnMut(Value) -> F) {
    let ticks = Arc::new(AtomicU64::new(0));
    let ticking = Arc::clone(&ticks);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            ticking.fetch_add(1, Ordering::Relaxed);
        }
    });
    let (tell, mut orders) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let _ = tell.send(serde_json::from_str::<Value>(&line).unwrap());
        }
    });
    while let Some(next) = orders.recv().await {
        let (before, begun) = (ticks.load(Ordering::Relaxed), SystemClock.now());
        let mut answer = match order(next).await {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error }),
        };
        let took = SystemClock.now().since(begun);
        answer["ms"] = json!(u64::try_from(took.as_millis()).unwrap());
        answer["ticks"] = json!(ticks.load(Ordering::Relaxed) - before);
        println!("{MARK}{answer}");
    }
}
