package io.sanlockd.cli;

import io.sanlockd.client.Reply;
import io.sanlockd.client.Request;
import io.sanlockd.client.Requests;
import io.sanlockd.model.Geometry;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceText;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;
import java.nio.ByteBuffer;

/** Initialising and reading leases through the daemon (cli.md 5, 6.5). */
final class StorageActions {
  private static final int INVALID = -22;
  private static final int BROKEN_REPLY = -1;

  private final Session session;
  private final ParsedOptions options;

  StorageActions(Session session) {
    this.session = session;
    this.options = session.options();
  }

  int run(String action) {
    return switch (action) {
      case "read" -> read();
      case "align" -> align();
      default -> init();
    };
  }

  private int init() {
    session.out().line("init");
    return session.done("init", write());
  }

  private int write() {
    if (options.hasLockspacePath()) {
      Request request =
          Requests.writeLockspace(
              options.lockspace(), options.integer('m', 0), session.ioTimeoutSeconds());
      return session.ask(request).result();
    }
    if (options.resources().isEmpty()) {
      return INVALID;
    }
    // The daemon takes the number of hosts from the field in which the C program sends -m.
    int numHosts = options.integer('n', options.integer('m', 0));
    int flags = options.isOn('z') ? CommandFlags.WRITE_CLEAR : 0;
    return session.ask(Requests.writeResource(sizedResource(), numHosts, flags)).result();
  }

  private Resource sizedResource() {
    Resource resource = options.resources().get(0);
    return resource.withFlags(resource.flags() | options.sizeFlags());
  }

  private int align() {
    session.out().line("align");
    int result = session.ask(Requests.align(options.lockspace().disk())).result();
    return session.done("align", result);
  }

  private int read() {
    int result;
    try {
      result = readSelected();
    } catch (ProtocolException e) {
      result = BROKEN_REPLY;
    }
    if (result < 0) {
      session.out().line("read error " + result);
    }
    return session.finish(result);
  }

  private int readSelected() throws ProtocolException {
    if (options.hasLockspacePath()) {
      return readLockspace();
    }
    if (options.resources().isEmpty()) {
      return INVALID;
    }
    return options.isOn('h') ? readOwners() : readResource();
  }

  private int readLockspace() throws ProtocolException {
    Request request = Requests.lockspace(Command.READ_LOCKSPACE, options.lockspace(), 0);
    Reply reply = session.ask(request);
    if (reply.result() < 0) {
      return reply.result();
    }
    Lockspace found = Lockspace.decode(reply.payload());
    session.out().line("s " + LockspaceText.format(found));
    if (options.has('D')) {
      session.out().line("io_timeout " + Integer.toUnsignedString(reply.data2()));
      sizes(found.flags());
    }
    return 0;
  }

  private int readResource() throws ProtocolException {
    Resource asked = sizedResource();
    Reply reply = session.ask(Requests.readResource(Command.READ_RESOURCE, asked));
    if (reply.result() < 0) {
      return reply.result();
    }
    Resource found = Resource.decode(reply.payload());
    session.out().line("r " + ResourceText.format(found.withDisks(asked.disks())));
    if (options.has('D')) {
      sizes(found.flags());
    }
    return 0;
  }

  private int readOwners() throws ProtocolException {
    Resource asked = sizedResource();
    Reply reply = session.ask(Requests.readResource(Command.READ_RESOURCE_OWNERS, asked));
    if (reply.result() < 0) {
      return reply.result();
    }
    ByteBuffer payload = reply.payload();
    Resource found = Resource.decode(payload);
    session.out().line("r " + ResourceText.format(found.withDisks(asked.disks())));
    if (options.has('D')) {
      sizes(found.flags());
    }
    while (payload.hasRemaining()) {
      Host owner = Host.decode(payload);
      String line =
          "h "
              + Long.toUnsignedString(owner.hostId())
              + " gen "
              + Long.toUnsignedString(owner.generation());
      boolean isShared = owner.timestamp() == 0;
      session
          .out()
          .line(isShared ? line : line + " timestamp " + Long.toUnsignedString(owner.timestamp()));
    }
    return 0;
  }

  private void sizes(int flags) {
    Geometry geometry = Geometry.ofApiFlags(flags).orElse(null);
    session.out().line("sector_size " + (geometry == null ? 0 : geometry.sectorSize()));
    session.out().line("align_size " + (geometry == null ? 0 : geometry.alignSize()));
  }
}
