package io.sanlockd.wdmd.daemon;

import io.sanlockd.wdmd.daemon.ScriptTests.Script;

/** The debug text, which tools parse (wdmd.md 7). */
final class DumpText {
  /** Names are cut to this many bytes here. */
  private static final int NAME_BYTES = 64;

  private final StringBuilder text = new StringBuilder();
  private final long now;

  DumpText(DumpFacts facts, DeviceKeeper keeper, ScriptTests scripts, Clients clients, long now) {
    this.now = now;
    line(
        String.format(
            "wdmd %d socket_gid %d high_priority %d now %d last_keepalive %d last_closeunclean %d"
                + " allow_scripts %d kill_script_sec %d fire_timeout %d",
            ProcessHandle.current().pid(),
            facts.settings().socketGid(),
            number(facts.settings().highPriority()),
            now,
            keeper.lastKeepalive(),
            keeper.lastCloseUnclean(),
            number(facts.settings().scripts()),
            scripts.killSeconds(),
            keeper.fireTimeout()));
    int[] index = new int[1];
    scripts.forEach(script -> script(index[0]++, script));
    other(0, "signal", facts.signalFd());
    other(1, "listen", facts.listenFd());
    clients.forEach(this::client);
  }

  private void script(int index, Script script) {
    line(
        String.format(
            "script %d name %s pid %d now %d start %d last_result %d run %d fail %d good %d kill %d"
                + " long %d",
            index,
            script.name,
            script.pid,
            now,
            script.startNanos / MachineClock.SECOND_NANOS,
            script.lastResult,
            script.runCount,
            script.failCount,
            script.goodCount,
            script.killCount,
            script.longCount));
  }

  private void other(int index, String name, int fd) {
    line(
        String.format(
            "client %d name %s pid 0 fd %d dead 0 ref 0 now %d renewal 0 expire 0",
            index, name, fd, now));
  }

  private void client(Client client) {
    line(
        String.format(
            "client %d name %s pid %d fd %d dead %d ref %d now %d renewal %d expire %d",
            client.index,
            onOneLine(client.name),
            client.pid,
            client.fd,
            number(client.dead),
            number(client.refcount),
            now,
            client.renewal,
            client.expire));
  }

  private static String onOneLine(String name) {
    String cut = name.length() > NAME_BYTES ? name.substring(0, NAME_BYTES) : name;
    return cut.replace('\n', '?').replace('\r', '?');
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static int number(boolean value) {
    return value ? 1 : 0;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
