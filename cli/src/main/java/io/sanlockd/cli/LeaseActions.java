package io.sanlockd.cli;

import io.sanlockd.client.Reply;
import io.sanlockd.client.Request;
import io.sanlockd.client.Requests;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.StateText;
import io.sanlockd.protocol.TextFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Leases of registered processes (cli.md 5, 6.6). */
final class LeaseActions {
  private static final int INVALID = -22;

  private final Session session;
  private final ParsedOptions options;
  private final int pid;

  LeaseActions(Session session) {
    this.session = session;
    this.options = session.options();
    this.pid = options.integer('p', -1);
  }

  int run(String action) {
    if (action.equals("inquire")) {
      return inquire();
    }
    boolean namesPid = !action.equals("request") && !action.equals("examine");
    session.out().line(namesPid ? action + " pid " + pid : action);
    int result =
        switch (action) {
          case "acquire" -> acquire();
          case "convert" -> convert();
          case "release" -> release();
          case "request" -> request();
          default -> examine();
        };
    return session.done(action, result);
  }

  private int acquire() {
    Request request = Requests.acquire(pid, acquireFlags(options), wanted(options), Options.NONE);
    return session.ask(request).result();
  }

  /** The resources with what {@code -n} and {@code -P} add. */
  static List<Resource> wanted(ParsedOptions options) {
    List<Resource> wanted = new ArrayList<>(options.resources().size());
    for (int i = 0; i < options.resources().size(); i++) {
      Resource resource = options.resources().get(i);
      int flags = resource.flags();
      if (options.isOn('P')) {
        flags |= ResourceFlags.PERSISTENT;
      }
      int numHosts = options.integer('n', 0);
      if (numHosts != 0) {
        flags |= ResourceFlags.NUM_HOSTS;
      }
      wanted.add(resource.withFlags(flags).withData32(numHosts));
    }
    return wanted;
  }

  static int acquireFlags(ParsedOptions options) {
    return options.isOn('O') ? CommandFlags.ACQUIRE_ORPHAN : 0;
  }

  private int convert() {
    return options.resources().isEmpty()
        ? INVALID
        : session.ask(Requests.convert(pid, options.resources().get(0), 0)).result();
  }

  private int release() {
    if (options.isOn('a')) {
      return session.ask(Requests.release(pid, CommandFlags.RELEASE_ALL, List.of())).result();
    }
    return options.isOn('O')
        ? releaseOrphans()
        : session.ask(Requests.release(pid, 0, options.resources())).result();
  }

  /** One request for each resource, because the daemon looks at one only; their sum. */
  private int releaseOrphans() {
    List<Resource> orphans = options.resources();
    if (orphans.isEmpty()) {
      orphans = List.of(Resource.named(options.lockspace().name(), LeaseName.EMPTY));
    }
    int total = 0;
    for (int i = 0; i < orphans.size(); i++) {
      Request request = Requests.release(pid, CommandFlags.RELEASE_ORPHAN, List.of(orphans.get(i)));
      int result = session.ask(request).result();
      if (result < 0) {
        return result;
      }
      total += result;
    }
    return total;
  }

  private int request() {
    if (options.resources().isEmpty()) {
      return INVALID;
    }
    int forceMode = (int) options.unsigned('f');
    return session.ask(Requests.request(options.resources().get(0), 0, forceMode)).result();
  }

  private int examine() {
    Lockspace lockspace = options.lockspace();
    if (!lockspace.disk().path().isEmpty()) {
      return session.ask(Requests.lockspace(Command.EXAMINE_LOCKSPACE, lockspace, 0)).result();
    }
    return options.resources().isEmpty()
        ? INVALID
        : session.ask(Requests.examineResource(options.resources().get(0))).result();
  }

  private int inquire() {
    session.out().line("inquire pid " + pid);
    Reply reply = session.ask(Requests.inquire(pid));
    session.out().line("inquire done " + reply.result() + " res_count " + reply.data2());
    if (reply.result() == 0) {
      String state = text(reply.payload());
      boolean isEmpty = !reply.payload().hasRemaining();
      session.out().line('"' + (isEmpty ? "(null)" : state) + '"');
      if (options.has('D') && !isEmpty) {
        explainState(state);
      }
    }
    return session.finish(reply.result());
  }

  private static String text(ByteBuffer payload) {
    StringBuilder text = new StringBuilder(payload.remaining());
    for (int i = payload.position(); i < payload.limit() && payload.get(i) != 0; i++) {
      text.append((char) (payload.get(i) & 0xff));
    }
    return text.toString();
  }

  private void explainState(String state) {
    List<Resource> leases = List.of();
    int result = 0;
    try {
      leases = StateText.parse(state);
    } catch (TextFormatException e) {
      result = e.number();
    }
    session.out().line("\nstate_to_args done " + result + " res_count " + leases.size());
    for (int i = 0; i < leases.size(); i++) {
      session.out().line('"' + firstDisk(leases.get(i)) + '"');
    }
    session.out().line("\nargs_to_state done " + result);
    session.out().line('"' + StateText.format(leases) + '"');
  }

  private static String firstDisk(Resource lease) {
    Disk disk = lease.disks().isEmpty() ? Disk.NONE : lease.disks().get(0);
    return lease.lockspaceName().text()
        + ":"
        + lease.name().text()
        + ":"
        + disk.path()
        + ":"
        + Long.toUnsignedString(disk.offset())
        + ":"
        + Long.toUnsignedString(lease.lver());
  }
}
