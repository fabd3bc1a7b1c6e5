//! Runs tasks one at a time in an order drawn from the seed. Time stands while
//! anybody can go on and then jumps to the next sleeper. A crash of a process is
//! the loss of all its tasks at the point where each one waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::BoxFuture;

use crate::trace::Trace;
use guichet_tests::chance::Chance;

/// Who a task belongs to: a node, or the world around the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Process {
    /// Clients, billers and banks: they do not crash.
    World,
    /// A node by its number.
    Node(usize),
}

/// Tasks that were started and those that were woken, until the executor looks.
#[derive(Default)]
struct Post {
    spawned: Vec<(Process, BoxFuture<'static, ()>)>,
    woken: Vec<u64>,
}

/// Starts tasks.
#[derive(Clone, Default)]
pub struct Spawner(Arc<Mutex<Post>>);

impl Spawner {
    /// Starts a task; it runs when it is drawn.
    pub fn spawn(&self, process: Process, task: impl Future<Output = ()> + Send + 'static) {
        self.post().spawned.push((process, Box::pin(task)));
    }

    fn post(&self) -> std::sync::MutexGuard<'_, Post> {
        self.0.lock().expect("one thread runs the simulation")
    }
}

struct Alarm {
    task: u64,
    spawner: Spawner,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.spawner.post().woken.push(self.task);
    }
}

/// The one clock of the world, in microseconds.
pub struct Time {
    now: AtomicI64,
    sleepers: Mutex<Sleepers>,
}

#[derive(Default)]
struct Sleepers {
    count: u64,
    waiting: BTreeMap<(i64, u64), Waker>,
}

impl Time {
    pub fn beginning_at(micros: i64) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(micros),
            sleepers: Mutex::default(),
        })
    }

    pub fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Resolves so many milliseconds later.
    pub fn sleep(self: &Arc<Self>, milliseconds: u64) -> Sleep {
        let micros = i64::try_from(milliseconds).unwrap_or(i64::MAX / 1_000) * 1_000;
        Sleep {
            until: self.now() + micros,
            time: Arc::clone(self),
        }
    }

    fn sleepers(&self) -> std::sync::MutexGuard<'_, Sleepers> {
        self.sleepers
            .lock()
            .expect("one thread runs the simulation")
    }

    /// Jumps to the next sleeper before `end`, and wakes all of that moment.
    fn jump(&self, end: i64) -> bool {
        let mut sleepers = self.sleepers();
        let Some((&(at, _), _)) = sleepers.waiting.first_key_value() else {
            return false;
        };
        if at > end {
            return false;
        }
        self.now.store(at.max(self.now()), Ordering::Relaxed);
        let later = sleepers.waiting.split_off(&(at + 1, 0));
        let woken = std::mem::replace(&mut sleepers.waiting, later);
        drop(sleepers);
        woken.into_values().for_each(Waker::wake);
        true
    }
}

/// See [`Time::sleep`].
pub struct Sleep {
    until: i64,
    time: Arc<Time>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.time.now() >= self.until {
            return Poll::Ready(());
        }
        let mut sleepers = self.time.sleepers();
        sleepers.count += 1;
        let place = (self.until, sleepers.count);
        sleepers.waiting.insert(place, context.waker().clone());
        Poll::Pending
    }
}

struct Task {
    process: Process,
    work: BoxFuture<'static, ()>,
}

/// See the module.
pub struct Executor {
    pub time: Arc<Time>,
    spawner: Spawner,
    tasks: BTreeMap<u64, Task>,
    ready: Vec<u64>,
    count: u64,
    steps: u64,
    chance: Chance,
    trace: Trace,
}

impl Executor {
    pub fn new(time: Arc<Time>, chance: Chance, trace: Trace) -> Self {
        Self {
            time,
            spawner: Spawner::default(),
            tasks: BTreeMap::new(),
            ready: Vec::new(),
            count: 0,
            steps: 0,
            chance,
            trace,
        }
    }

    pub fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// Loses every task of the process.
    pub fn kill(&mut self, process: Process) {
        self.collect();
        let gone: Vec<u64> = self
            .tasks
            .iter()
            .filter(|(_, task)| task.process == process)
            .map(|(number, _)| *number)
            .collect();
        for number in gone {
            self.tasks.remove(&number);
        }
        self.trace.note("kill", self.steps);
    }

    /// Lets one task go on as far as it can, or time jump. False where nobody
    /// will ever go on before `end`.
    pub fn step(&mut self, end: i64) -> bool {
        self.collect();
        while !self.ready.is_empty() {
            let place = self.chance.below(self.ready.len());
            let number = self.ready.swap_remove(place);
            let Some(task) = self.tasks.get_mut(&number) else {
                continue;
            };
            self.steps += 1;
            self.trace.note("step", number);
            let alarm = Arc::new(Alarm {
                task: number,
                spawner: self.spawner.clone(),
            });
            let waker = Waker::from(alarm);
            if task
                .work
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                self.tasks.remove(&number);
            }
            return true;
        }
        let jumped = self.time.jump(end);
        if jumped {
            self.trace.note("now", self.time.now().unsigned_abs());
        }
        jumped
    }

    fn collect(&mut self) {
        let post = std::mem::take(&mut *self.spawner.post());
        for (process, work) in post.spawned {
            self.count += 1;
            self.tasks.insert(self.count, Task { process, work });
            self.ready.push(self.count);
        }
        for number in post.woken {
            if self.tasks.contains_key(&number) && !self.ready.contains(&number) {
                self.ready.push(number);
            }
        }
    }
}
