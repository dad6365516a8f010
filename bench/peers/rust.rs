// The peer Rc and Weak. Nodes are made complete, so their references need no Cell.
use std::env;
use std::process::exit;
use std::rc::{Rc, Weak};

#[repr(C)]
struct TimeSpec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut TimeSpec) -> i32;
}

// Processor time, which the standard library does not have; the same as in peer.h.
fn now_ns() -> f64 {
    const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;
    let mut time = TimeSpec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.seconds as f64 * 1e9 + time.nanoseconds as f64
}

struct Node {
    left: Option<Rc<Node>>,
    right: Option<Rc<Node>>,
    value: u64,
}

struct Answer {
    ns: f64,
    checksum: u64,
}

fn build<const IS_DAG: bool>(nodes: u64, salt: u64) -> Rc<Node> {
    let mut last: Option<Rc<Node>> = None;
    for i in 0..nodes {
        let right =
            if IS_DAG { last.as_ref().and_then(|node| node.left.clone()) } else { None };
        last = Some(Rc::new(Node { left: last, right, value: i ^ salt }));
    }
    last.unwrap()
}

fn sum(last: &Node) -> u64 {
    let value_of = |node: &Option<Rc<Node>>| node.as_ref().map_or(0, |node| node.value);
    last.value + value_of(&last.left) + value_of(&last.right)
}

fn build_drop<const IS_DAG: bool>(nodes: u64, repetitions: u64) -> Answer {
    let begin = now_ns();
    let mut checksum = 0;
    for i in 0..repetitions {
        checksum += sum(&build::<IS_DAG>(nodes, i));
    }
    Answer { ns: now_ns() - begin, checksum }
}

// The same as in peer.h.
fn order_of(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state: u64 = 1;
    for i in (1..count).rev() {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        order.swap(i, ((state >> 33) % (i as u64 + 1)) as usize);
    }
    order
}

fn weak_upgrade(nodes: u64, repetitions: u64) -> Answer {
    let targets: Vec<Rc<Node>> =
        (0..nodes).map(|value| Rc::new(Node { left: None, right: None, value })).collect();
    let handles: Vec<Weak<Node>> =
        order_of(targets.len()).iter().map(|&place| Rc::downgrade(&targets[place])).collect();
    let begin = now_ns();
    let mut checksum = 0;
    for i in 0..repetitions {
        for handle in &handles {
            if let Some(target) = handle.upgrade() {
                checksum += target.value ^ i;
            }
        }
    }
    Answer { ns: now_ns() - begin, checksum }
}

fn deep_drop(nodes: u64, repetitions: u64) -> Answer {
    let mut answer = Answer { ns: 0.0, checksum: 0 };
    for _ in 0..repetitions {
        let mut last: Option<Rc<Node>> = None;
        for value in 0..nodes {
            last = Some(Rc::new(Node { left: last, right: None, value }));
        }
        answer.checksum += last.as_ref().unwrap().value;
        let begin = now_ns();
        drop(last);
        answer.ns += now_ns() - begin;
    }
    answer
}

fn main() {
    let words: Vec<String> = env::args().collect();
    let number = |place: usize| words.get(place).and_then(|word| word.parse::<u64>().ok());
    let run = match words.get(1).map(String::as_str) {
        Some("list") => build_drop::<false>,
        Some("dag") => build_drop::<true>,
        Some("weak") => weak_upgrade,
        Some("deep-drop") => deep_drop,
        _ => exit(2),
    };
    let (Some(nodes), Some(repetitions)) = (number(2), number(3)) else { exit(2) };
    run(nodes, repetitions / 10 + 1);
    let answer = run(nodes, repetitions);
    println!("{:.6} {}", answer.ns / (nodes * repetitions) as f64, answer.checksum);
}
