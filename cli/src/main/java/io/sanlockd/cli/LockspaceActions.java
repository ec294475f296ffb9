package io.sanlockd.cli;

import io.sanlockd.client.Request;
import io.sanlockd.client.Requests;
import io.sanlockd.protocol.CNumbers;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.ConfigValue;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.Lockspace;

/** Joining and leaving lockspaces, settings, events, shutdown (cli.md 5). */
final class LockspaceActions {
  private static final int DEFAULT_IO_TIMEOUT = 10;

  private final Session session;
  private final ParsedOptions options;

  LockspaceActions(Session session) {
    this.session = session;
    this.options = session.options();
  }

  int run(String action) {
    return switch (action) {
      case "add_lockspace" -> add();
      case "inq_lockspace" -> simple(action, Command.INQ_LOCKSPACE);
      case "rem_lockspace" -> simple(action, Command.REM_LOCKSPACE);
      case "shutdown" -> shutdown();
      case "set_event" -> setEvent();
      default -> setConfig();
    };
  }

  private int add() {
    int ioTimeoutSeconds = session.ioTimeoutSeconds();
    boolean isDefault =
        ioTimeoutSeconds == DEFAULT_IO_TIMEOUT
            && session.invocation().config().ioTimeoutSeconds() == DEFAULT_IO_TIMEOUT;
    String words = isDefault ? "add_lockspace" : "add_lockspace_timeout";
    session.out().line(isDefault ? words : words + " " + ioTimeoutSeconds);
    Request request =
        Requests.addLockspace(options.lockspace(), 0, isDefault ? 0 : ioTimeoutSeconds);
    return session.done(words, session.ask(request).result());
  }

  private int simple(String action, Command command) {
    session.out().line(action);
    Request request = Requests.lockspace(command, options.lockspace(), 0);
    return session.done(action, session.ask(request).result());
  }

  private int shutdown() {
    int force = (int) options.unsigned('f');
    int wait = options.integer('w', 0);
    session.out().line("shutdown force " + Integer.toUnsignedString(force) + " wait " + wait);
    Command command = wait == 0 ? Command.SHUTDOWN : Command.SHUTDOWN_WAIT;
    return session.done("shutdown", session.ask(Requests.shutdown(command, force)).result());
  }

  private int setEvent() {
    String number = options.has('e') ? options.text('e') : "";
    long event = CNumbers.strtoull(number);
    HostEvent hostEvent =
        new HostEvent(options.unsigned('i'), options.unsigned('g'), event, options.unsigned('d'));
    session
        .out()
        .line(
            "set_event "
                + Long.toUnsignedString(hostEvent.hostId())
                + " "
                + Long.toUnsignedString(hostEvent.generation())
                + " event 0x"
                + Long.toHexString(event)
                + " data 0x"
                + Long.toHexString(hostEvent.data()));
    Request request = Requests.event(Command.SET_EVENT, named(), hostEvent, 0);
    return session.done("set_event", session.ask(request).result());
  }

  private int setConfig() {
    int value = configValue();
    session.out().line("set_config " + options.lockspace().name().text() + " " + value);
    return session.done("set_config", session.ask(Requests.setConfig(named(), value)).result());
  }

  private int configValue() {
    if (options.has('O')) {
      return options.isOn('O') ? ConfigValue.USED_BY_ORPHANS : ConfigValue.UNUSED_BY_ORPHANS;
    }
    if (options.has('u')) {
      return options.isOn('u') ? ConfigValue.USED : ConfigValue.UNUSED;
    }
    return 0;
  }

  private Lockspace named() {
    return Lockspace.named(options.lockspace().name());
  }
}
