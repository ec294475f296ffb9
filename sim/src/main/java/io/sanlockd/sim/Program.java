package io.sanlockd.sim;

import java.util.function.BiFunction;

/** What runs on a {@link Machine}: the lock manager, and the processes that use it. */
interface Program {
  /** Kinds of hosts. */
  enum Kind {
    /** The production code. */
    OURS(Daemon::new);

    private final BiFunction<World, Machine, Program> maker;

    Kind(BiFunction<World, Machine, Program> maker) {
      this.maker = maker;
    }

    Program make(World world, Machine machine) {
      return maker.apply(world, machine);
    }
  }

  /** The machine has booted. */
  void start();

  /** The machine is off: all processes are gone. */
  void machineOff();

  /** Parts of it that live on their own do not run until then. */
  void stalled(long untilNanos);

  /** Somebody wants the lockspace removed; it is joined again later. */
  void leaveSpace();
}
