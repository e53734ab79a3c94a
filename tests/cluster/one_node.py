"""A real Slurm of one node with one countable GPU, on loopback, without systemd, for the tests.

All its files lie in one folder, but for a link /etc/slurm/slurm.conf: the job-step plugin of
Snakemake drops SLURM_CONF before its nested srun, which then looks there.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

LINK = Path("/etc/slurm/slurm.conf")
SYSTEM_PATH = f"{os.environ['PATH']}:/usr/sbin"
PROGRAMS = ("munged", "slurmctld", "slurmd", "scontrol", "sbatch", "scancel", "squeue")
PORT = 16817

# The node promises more than the machine has (config_overrides), so that jobs may ask for what
# the experiment needs; sched_* makes Slurm look for work every other second.
SLURM_CONF = """
ClusterName=nucleibench
SlurmctldHost={node}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmctldPort={port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,sched_min_interval=100000
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=3600
KillWait=5
GresTypes=gpu
NodeName={node} NodeAddr=127.0.0.1 CPUs=16 RealMemory=200000 Gres=gpu:1 State=UNKNOWN
PartitionName=cpu Nodes={node} Default=YES MaxTime=7-00:00:00 State=UP
PartitionName=gpu Nodes={node} MaxTime=7-00:00:00 State=UP
"""
# Slurm counts a GPU by a character device; any one will do.
GRES_CONF = "Name=gpu File=/dev/null\n"
# slurmd prepares a control group even where nothing uses it; version 1 needs no mount.
CGROUP_CONF = "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n"


def why_not() -> str | None:
    """Return why a Slurm cannot run here, or None where it can."""
    if os.geteuid() != 0:
        return "Slurm without systemd needs root"
    missing = [name for name in PROGRAMS if not shutil.which(name, path=SYSTEM_PATH)]
    if missing:
        return f"{', '.join(missing)} not found (Debian: apt-get install slurm-wlm munge)"
    if LINK.exists():
        return f"{LINK} exists: this machine's own Slurm is left alone"
    return None


@dataclass
class OneNodeSlurm:
    """Start and stop the daemons; ask Slurm about jobs."""

    folder: Path

    def __enter__(self) -> "OneNodeSlurm":
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(parents=True)
        node = socket.gethostname().split(".")[0]
        facts = {"folder": self.folder, "node": node, "port": PORT, "node_port": PORT + 1}
        self._write("slurm.conf", SLURM_CONF.format(**facts))
        self._write("gres.conf", GRES_CONF)
        self._write("cgroup.conf", CGROUP_CONF)
        LINK.parent.mkdir(exist_ok=True)
        LINK.unlink(missing_ok=True)
        LINK.symlink_to(self.folder / "slurm.conf")
        try:
            self._start_munge()
            self.call("slurmctld", "-c")
            self.start_node()
            self._wait_until_idle()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("slurmd.pid", "slurmctld.pid", "munge/pid"):
            _end(self._pid(name))
        LINK.unlink(missing_ok=True)

    def start_node(self) -> None:
        """Start the node's daemon."""
        self.call("slurmd")

    def kill_node(self) -> None:
        """Kill the node's daemon as a crash would; its jobs go on."""
        os.kill(self._pid("slurmd.pid"), signal.SIGKILL)

    def jobs(self) -> list[dict[str, str]]:
        """Return what `scontrol` knows of every job, oldest first."""
        lines = self.call("scontrol", "--oneliner", "show", "jobs").splitlines()
        jobs = [dict(f.split("=", 1) for f in line.split() if "=" in f) for line in lines]
        return sorted((j for j in jobs if "JobId" in j), key=lambda job: int(job["JobId"]))

    def call(self, *command: str) -> str:
        """Run one of Slurm's programs and return what it prints."""
        result = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PATH": SYSTEM_PATH, "SLURM_CONF": str(self.folder / "slurm.conf")},
            timeout=60,
        )
        assert result.returncode == 0, f"{' '.join(command)}: {result.stdout}"
        return result.stdout

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def _start_munge(self) -> None:
        folder = self.folder / "munge"
        for directory in (folder, self.folder):
            directory.chmod(0o755)
        key = folder / "key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        places = {"key-file": "key", "socket": "socket", "pid-file": "pid"}
        places |= {"log-file": "log", "seed-file": "seed"}
        options = [f"--{option}={folder / name}" for option, name in places.items()]
        self.call("munged", "--force", *options)

    def _wait_until_idle(self) -> None:
        for _ in range(60):
            if "State=IDLE" in self.call("scontrol", "show", "nodes"):
                return
            time.sleep(0.5)
        logs = [(self.folder / name).read_text() for name in ("slurmctld.log", "slurmd.log")]
        raise RuntimeError("Slurm did not come up:\n" + "\n".join(logs))

    def _pid(self, name: str) -> int | None:
        path = self.folder / name
        return int(path.read_text()) if path.exists() and path.read_text().strip() else None


def _end(pid: int | None) -> None:
    """End a process and wait for it, by force after five seconds."""
    for number in [signal.SIGTERM] + 50 * [0] + [signal.SIGKILL]:
        try:
            if pid is not None:
                os.kill(pid, number)
        except ProcessLookupError:
            return
        if pid is None:
            return
        time.sleep(0.1)
