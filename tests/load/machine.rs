//! What the machine is, and what a process took from it, as Linux counts.

use std::{fs, time::Duration};

use liandong_tests::stores::Trouble;

/// Ticks a second in `/proc/PID/stat`: the same on every Linux that is in use.
const TICKS: u64 = 100;

/// What a process used since it began.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Used {
    /// Processor time, of all its threads.
    pub(crate) cpu: Duration,
    /// Bytes that it caused to be written to a disk.
    pub(crate) written: u64,
}

impl Used {
    /// Of a process.
    pub(crate) fn of(pid: u32) -> Result<Self, Trouble> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name of the program, in brackets, may hold anything.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let field = |n: usize| after.split_whitespace().nth(n).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        let ticks = field(11) + field(12);
        let io = fs::read_to_string(format!("/proc/{pid}/io"))?;
        Ok(Self { cpu: Duration::from_millis(ticks * 1_000 / TICKS), written: number(&io, "write_bytes:") })
    }

    /// What was used since an earlier look.
    pub(crate) fn since(self, before: Self) -> Self {
        Self { cpu: self.cpu.saturating_sub(before.cpu), written: self.written.saturating_sub(before.written) }
    }
}

/// Resident memory of a process in bytes: now, and the most it ever was.
pub(crate) fn memory(pid: u32) -> Result<(u64, u64), Trouble> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    Ok((number(&status, "VmRSS:") * 1_024, number(&status, "VmHWM:") * 1_024))
}

/// The number on the line that begins with a label.
fn number(text: &str, label: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(label));
    value.and_then(|value| value.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The machine in one line.
pub(crate) fn line() -> String {
    let read = |file| fs::read_to_string(file).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model =
        cpu.lines().find_map(|l| l.strip_prefix("model name")).map_or("", |l| l.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = number(&read("/proc/meminfo"), "MemTotal:") / 1_048_576;
    format!("{cores} cores ({model}), {memory} GiB, Linux {}", read("/proc/sys/kernel/osrelease").trim())
}
