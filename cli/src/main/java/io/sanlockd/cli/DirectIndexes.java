package io.sanlockd.cli;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.index.IndexAnswer;
import io.sanlockd.lease.index.IndexContext;
import io.sanlockd.lease.index.IndexOperation;
import io.sanlockd.lease.index.ResourceIndex;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.IndexText;

/**
 * Resource indexes without a daemon (cli.md 8, rindex.md 4): no lease protects them, so that the
 * caller makes sure that nobody else uses the index.
 */
final class DirectIndexes {
  private final Session session;
  private final ParsedOptions options;
  private final DirectStorage storage;

  DirectIndexes(Session session, DirectStorage storage) {
    this.session = session;
    this.options = session.options();
    this.storage = storage;
  }

  int run(String action) {
    io.sanlockd.protocol.ResourceIndex index =
        IndexText.parseIndex(options.has('x') ? options.text('x') : "");
    try (LeaseDisk disk = storage.open(index.disk().path())) {
      if (action.equals("format")) {
        return format(index, disk);
      }
      IndexAnswer answer = work(operation(action, index, disk));
      int status = session.done(action, answer.result(), answer.message());
      if (status == 0 && action.equals("lookup")) {
        session.out().line(IndexActions.found(answer.row().name().text(), answer.row().offset()));
      }
      return status;
    } catch (LeaseException e) {
      return storage.failed(action, e);
    }
  }

  private int format(io.sanlockd.protocol.ResourceIndex index, LeaseDisk disk)
      throws LeaseException {
    Disk place = index.disk();
    storage.note(
        "format rindex "
            + index.lockspaceName()
            + ":"
            + place.path()
            + ":"
            + Long.toUnsignedString(place.offset())
            + " 0x"
            + Integer.toHexString(options.sizeFlags()));
    ResourceIndex.format(
        disk,
        place.offset(),
        storage.newSizes(disk),
        index.lockspaceName(),
        0,
        storage.initTimeoutNanos());
    return session.done("format", 0);
  }

  private IndexOperation operation(
      String action, io.sanlockd.protocol.ResourceIndex index, LeaseDisk disk)
      throws LeaseException {
    IndexContext context =
        IndexContext.withoutLockspace(
            index.lockspaceName(),
            storage.times(),
            storage.initTimeoutNanos(),
            storage.clock(),
            storage.log());
    long offset = index.disk().offset();
    IndexEntry entry = options.has('e') ? IndexText.parseEntry(options.text('e')) : IndexEntry.NONE;
    return switch (action) {
      case "lookup" -> IndexOperation.lookup(context, disk, offset, entry.name(), entry.offset());
      case "rebuild" -> IndexOperation.rebuild(context, disk, offset, true);
      default ->
          options.isOn('z')
              ? IndexOperation.remove(context, disk, offset, entry.offset())
              : IndexOperation.put(context, disk, offset, entry.name(), entry.offset());
    };
  }

  /** Until there is an answer: what then is left to wait for, the end of this process waits for. */
  private IndexAnswer work(IndexOperation operation) {
    IndexOperation.Step step = operation.advance();
    while (operation.answer().isEmpty()) {
      if (step instanceof IndexOperation.Step.Wait wait) {
        storage.pause().sleep(wait.nanos());
      }
      step = operation.advance();
    }
    return operation.answer().get();
  }
}
