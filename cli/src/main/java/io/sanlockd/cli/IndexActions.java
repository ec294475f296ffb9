package io.sanlockd.cli;

import io.sanlockd.client.Reply;
import io.sanlockd.client.Requests;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.IndexText;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.ResourceIndex;

/** Resource indexes (cli.md 5). */
final class IndexActions {
  private static final int INVALID = -22;
  private static final int BROKEN_REPLY = -1;

  private final Session session;
  private final ParsedOptions options;

  IndexActions(Session session) {
    this.session = session;
    this.options = session.options();
  }

  int run(String action) {
    return switch (action) {
      case "format" -> index("format", Command.FORMAT_RINDEX);
      case "rebuild" -> index("rebuild", Command.REBUILD_RINDEX);
      case "create" -> entry("create_resource", Command.CREATE_RESOURCE, 0);
      case "delete" -> entry("delete_resource", Command.DELETE_RESOURCE, 0);
      case "lookup" -> entry("lookup", Command.LOOKUP_RINDEX, 0);
      default ->
          entry(
              "update",
              Command.UPDATE_RINDEX,
              options.isOn('z') ? CommandFlags.INDEX_UPDATE_REM : CommandFlags.INDEX_UPDATE_ADD);
    };
  }

  /** The index of {@code -x}, null when its lockspace or path is missing. */
  private ResourceIndex index() {
    if (!options.has('x')) {
      return null;
    }
    ResourceIndex index = IndexText.parseIndex(options.text('x'));
    Disk disk = index.disk();
    boolean isUsable = !index.lockspaceName().isEmpty() && !disk.path().isEmpty();
    return isUsable ? new ResourceIndex(options.sizeFlags(), 0, index.lockspaceName(), disk) : null;
  }

  private int index(String words, Command command) {
    ResourceIndex index = index();
    int result = index == null ? INVALID : session.ask(Requests.index(command, index, 0)).result();
    return session.done(words, result);
  }

  private int entry(String words, Command command, int flags) {
    ResourceIndex index = index();
    if (index == null) {
      return session.done(words, INVALID);
    }
    IndexEntry asked = options.has('e') ? IndexText.parseEntry(options.text('e')) : IndexEntry.NONE;
    int numHosts = command == Command.CREATE_RESOURCE ? options.integer('n', 0) : 0;
    Reply reply = session.ask(Requests.indexEntry(command, index, asked, flags, numHosts));
    int status = session.done(words, reply.result());
    if (reply.result() != 0) {
      return status;
    }
    try {
      print(command, IndexEntry.decode(reply.payload()));
      return 0;
    } catch (ProtocolException e) {
      return session.finish(BROKEN_REPLY);
    }
  }

  private void print(Command command, IndexEntry found) {
    if (command == Command.CREATE_RESOURCE) {
      session.out().line("offset " + Long.toUnsignedString(found.offset()));
    } else if (command == Command.LOOKUP_RINDEX) {
      session.out().line(found(found.name().text(), found.offset()));
    }
  }

  /** What a lookup has found. */
  static String found(String name, long offset) {
    return "name " + (name.isEmpty() ? "-" : name) + " offset " + Long.toUnsignedString(offset);
  }
}
