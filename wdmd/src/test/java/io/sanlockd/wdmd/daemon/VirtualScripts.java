package io.sanlockd.wdmd.daemon;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scripts that end when the test says so. */
final class VirtualScripts implements ScriptRunner {
  final List<String> names = new ArrayList<>();
  final List<String> killed = new ArrayList<>();
  private final Map<String, Results> running = new HashMap<>();

  @Override
  public void scan(Results results) {
    results.found(names);
  }

  @Override
  public void start(String name, Results results) {
    running.put(name, results);
    results.started(name, 4711);
  }

  @Override
  public void kill(String name) {
    killed.add(name);
  }

  boolean isRunning(String name) {
    return running.containsKey(name);
  }

  void end(String name, int status) {
    running.remove(name).ended(name, status);
  }

  void vanish(String name, int errno) {
    running.remove(name).vanished(name, errno);
  }
}
