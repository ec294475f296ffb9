package io.sanlockd.wdmd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The scripts as a source of tests (wdmd.md 8): each is run in every cycle and has to succeed
 * before the next one. They run by themselves; a slow script delays its own verdict and nothing
 * else. Loop thread only.
 */
final class ScriptTests implements ScriptRunner.Results {
  /** Most scripts. */
  static final int LIMIT = 8;

  private static final long SECOND = MachineClock.SECOND_NANOS;

  private final ScriptRunner runner;
  private final int killSeconds;
  private final MachineClock clock;
  private final WdmdLog log;
  private final List<Script> scripts = new ArrayList<>();
  private long deadlineNanos;
  private int waitSeconds;

  /** A script and what it did. */
  static final class Script {
    final String name;
    int pid;
    long startNanos;
    long goodNanos;
    boolean running;
    boolean succeededOnce;
    boolean killed;
    boolean failed;
    int lastResult;
    int runCount;
    int failCount;
    int goodCount;
    int killCount;
    int longCount;

    Script(String name) {
      this.name = name;
    }
  }

  /**
   * Scripts.
   *
   * @param killSeconds after which a running script is killed, 0 = never
   */
  ScriptTests(ScriptRunner runner, int killSeconds, MachineClock clock, WdmdLog log) {
    this.runner = runner;
    this.killSeconds = killSeconds;
    this.clock = clock;
    this.log = log;
  }

  int killSeconds() {
    return killSeconds;
  }

  /** Looks for scripts that are not known yet. */
  void rescan() {
    runner.scan(this);
  }

  /** Starts a cycle: every script that does not run already and has not just succeeded. */
  void begin(long nowNanos, int intervalSeconds) {
    waitSeconds = Math.max(1, intervalSeconds - 1);
    deadlineNanos = nowNanos + waitSeconds * SECOND;
    for (Script script : scripts) {
      boolean justGood = script.succeededOnce && nowNanos - script.goodNanos < waitSeconds * SECOND;
      if (script.running) {
        script.longCount++;
      } else if (!justGood) {
        script.running = true;
        script.failed = false;
        script.killed = false;
        script.pid = 0;
        script.startNanos = nowNanos;
        script.runCount++;
        runner.start(script.name, this);
      }
    }
  }

  /** Whether every script of this cycle has ended or had its time. */
  boolean settled(long nowNanos) {
    boolean settled = true;
    for (Script script : scripts) {
      if (script.running) {
        killIfTooLong(script, nowNanos);
        settled &= nowNanos >= deadlineNanos;
      }
    }
    return settled;
  }

  private void killIfTooLong(Script script, long nowNanos) {
    if (killSeconds > 0 && !script.killed && nowNanos - script.startNanos >= killSeconds * SECOND) {
      script.killed = true;
      script.killCount++;
      runner.kill(script.name);
    }
  }

  /** Scripts that failed in this cycle, or did not end in time. */
  int failures(long nowNanos) {
    int failures = 0;
    for (Script script : scripts) {
      if (script.failed || (script.running && nowNanos >= deadlineNanos)) {
        failures++;
      }
    }
    return failures;
  }

  /** Visits the scripts in their order. */
  void forEach(Consumer<Script> action) {
    scripts.forEach(action);
  }

  @Override
  public void found(List<String> names) {
    for (String name : names) {
      if (find(name) == null && scripts.size() < LIMIT) {
        scripts.add(new Script(name));
        log.log("script " + name + " added");
      }
    }
  }

  @Override
  public void started(String name, int pid) {
    Script script = find(name);
    if (script != null) {
      script.pid = pid;
    }
  }

  @Override
  public void ended(String name, int status) {
    Script script = find(name);
    if (script == null) {
      return;
    }
    script.running = false;
    script.pid = 0;
    script.lastResult = status;
    script.failed = status != 0;
    if (script.failed) {
      script.failCount++;
      log.log("script " + name + " failed, result " + status);
    } else {
      script.goodCount++;
      script.succeededOnce = true;
      script.goodNanos = clock.nanos();
    }
  }

  @Override
  public void vanished(String name, int errno) {
    Script script = find(name);
    if (script != null) {
      scripts.remove(script);
      log.log("script " + name + " removed " + -errno);
    }
  }

  private Script find(String name) {
    for (Script script : scripts) {
      if (script.name.equals(name)) {
        return script;
      }
    }
    return null;
  }
}
