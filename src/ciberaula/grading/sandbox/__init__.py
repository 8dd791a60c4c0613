"""The sandbox: where a trainee's own code runs when it is graded.

The attacker is whoever wrote a submission: they know this source, choose every byte of their code and files, and want
points that their answers did not earn, the keys, the other submissions, the instructor's files, tokens and network, or the
machine's time.

**How.** ``provisioner`` gives Jupyter a kernel; ``host`` asks for a run and takes what it leaves; ``levels`` finds the
strictest level that works (``nursery``, ``bubblewrap``, ``landlock``) or refuses; ``view`` says what can be seen. Inside,
``nursery`` has the libraries loaded and forks; ``supervisor`` makes the run's world and reads one file of it; ``filter``,
``landlock`` and the limits shut the rest; ``kernel`` is ipykernel; ``relay`` counts what it says. ``cgroups`` adds a roof
where the system hands one over. Between host and inside go ``protocol``'s two sockets and the shell channel: no folder of
the host can be written from inside in the levels with bubblewrap.

**Protected against**, each by more than one thing (levels with bubblewrap):

- reading anything but the system's libraries, this Python, the classroom's part of this package (not grading, authoring or
  dashboards), the released data sets and the copy of the submission: a mount namespace of a few read-only binds, and
  Landlock;
- changing anything but the work folder, which is in memory, of limited size and number of files, and ends with the run;
- the network: a namespace without interfaces, Landlock, and no call that makes or connects a socket;
- processes: none can be made nor a program started; a PID namespace of its own with an empty ``/proc``; signals reach only
  itself; the supervisor is outside that namespace and cannot be traced;
- gaining rights: no capability, ``no_new_privs``, no user namespace, an allow list of system calls;
- using the machine up: address space, processor time, threads, open files, file sizes, disk, and the bytes that the kernel
  may say are limited; shared memory that outlives a mapping, pinned memory and memory files are shut; the host limits wall
  time; when memory runs out a run is the first thing to end;
- the grader through what comes out: one plain file of limited size, taken by the supervisor, and replies of limited size,
  of which only their end is used. What cannot be read as a reply counts as a kernel that ended;
- the next run: every run starts from the same preloaded process, which never ran a line of a trainee's.

**Not protected against**: a hole in Linux that the allowed calls reach; in the hardware (caches, Rowhammer); in libzmq's
or the JSON module's handling of at most 2 MiB that a run may say to the grader. Code may tell time and load of the machine
and its version of Linux and Python. It may use a processor core for as long as its limits last.

**Level «landlock»** has no namespaces: code cannot read, change, connect or signal what it is not given, but it can see that
a path exists, its size and times, and the targets of links; the disk's limit is watched four times a second, so a little
more can be written in between. Started as root it stays root without any capability. It is the second choice.

**Nowhere else**: without Linux (or without libseccomp, or with a kernel that has neither) ``SandboxRefused`` is raised and
nothing runs. There is no way to run code without a sandbox.

Sources: namespaces(7), user_namespaces(7), seccomp(2), landlock(7), setrlimit(2), bwrap(1).
"""
