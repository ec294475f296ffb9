package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.resource.Indexes;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.index.IndexAnswer;
import io.sanlockd.lease.index.IndexOperation;
import io.sanlockd.lease.index.IndexRow;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.ResourceIndex;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The commands about resource indexes (protocol.md 8.35 to 8.40; rindex.md).
 *
 * @param disks formats an index, for which there is no lock
 */
record IndexCommands(Lockspaces lockspaces, Indexes indexes, DiskCommands disks) {

  /** FORMAT_RINDEX: an empty index over whatever is there. */
  void format(Request request) throws ProtocolException {
    ResourceIndex wanted = ResourceIndex.decode(request.payload());
    disks.replyFromWorker(
        request,
        "format_rindex " + wanted.lockspaceName(),
        () -> {
          try (LeaseDisk disk = disks.opener().open(wanted.disk().path())) {
            io.sanlockd.lease.index.ResourceIndex.format(
                disk,
                wanted.disk().offset(),
                DiskCommands.sizes(wanted.flags(), disk),
                wanted.lockspaceName(),
                Integer.toUnsignedLong(wanted.maxResources()),
                disks.writeTimeoutNanos());
            return 0;
          }
        });
  }

  /** UPDATE_RINDEX: one entry, for repair. */
  void update(Request request) throws ProtocolException {
    ResourceIndex index = ResourceIndex.decode(request.payload());
    IndexEntry entry = IndexEntry.decode(request.payload());
    boolean remove = request.hasFlag(CommandFlags.INDEX_UPDATE_REM);
    // Without either flag nothing is to be stored, which ends as an entry without a name does.
    LeaseName name =
        request.hasFlag(CommandFlags.INDEX_UPDATE_ADD) ? entry.name() : LeaseName.EMPTY;
    Indexes.Factory factory =
        (context, disk, offset) ->
            remove
                ? IndexOperation.remove(context, disk, offset, entry.offset())
                : IndexOperation.put(context, disk, offset, name, entry.offset());
    run(request, index, mayDoWithout(request), factory, answer -> replyRow(request, answer));
  }

  /** LOOKUP_RINDEX: an entry by name or offset, or a free one. */
  void lookup(Request request) throws ProtocolException {
    ResourceIndex index = ResourceIndex.decode(request.payload());
    IndexEntry entry = IndexEntry.decode(request.payload());
    Indexes.Factory factory =
        (context, disk, offset) ->
            IndexOperation.lookup(context, disk, offset, entry.name(), entry.offset());
    run(request, index, mayDoWithout(request), factory, answer -> replyRow(request, answer));
  }

  /** CREATE_RESOURCE: a lease in a free area, and its entry. */
  void create(Request request) throws ProtocolException {
    ResourceIndex index = ResourceIndex.decode(request.payload());
    IndexEntry entry = IndexEntry.decode(request.payload());
    long numHosts = Math.max(0, request.header().data2());
    Indexes.Factory factory =
        (context, disk, offset) ->
            IndexOperation.create(context, disk, offset, entry.name(), numHosts);
    run(request, index, false, factory, answer -> replyRow(request, answer));
  }

  /** DELETE_RESOURCE: an entry and its lease. The reply holds zeros. */
  void delete(Request request) throws ProtocolException {
    ResourceIndex index = ResourceIndex.decode(request.payload());
    IndexEntry entry = IndexEntry.decode(request.payload());
    Indexes.Factory factory =
        (context, disk, offset) ->
            IndexOperation.delete(context, disk, offset, entry.name(), entry.offset());
    run(
        request,
        index,
        false,
        factory,
        answer ->
            replyRow(request, new IndexAnswer(answer.result(), answer.message(), IndexRow.NONE)));
  }

  /** REBUILD_RINDEX: the entries from the leases. */
  void rebuild(Request request) throws ProtocolException {
    ResourceIndex index = ResourceIndex.decode(request.payload());
    boolean without = mayDoWithout(request);
    Indexes.Factory factory =
        (context, disk, offset) -> IndexOperation.rebuild(context, disk, offset, without);
    run(request, index, without, factory, answer -> request.reply(answer.result()));
  }

  private static boolean mayDoWithout(Request request) {
    return request.hasFlag(CommandFlags.INDEX_NO_LOCKSPACE);
  }

  private void run(
      Request request,
      ResourceIndex index,
      boolean withoutLockspace,
      Indexes.Factory factory,
      Consumer<IndexAnswer> done) {
    DiskSpec place = new DiskSpec(index.disk().path(), index.disk().offset());
    if (withoutLockspace) {
      indexes.runWithoutLockspace(index.lockspaceName(), place, factory, done);
      return;
    }
    Optional<Lockspace> lockspace = lockspaces.active(index.lockspaceName());
    if (lockspace.isPresent()) {
      indexes.run(lockspace.get(), place, factory, done);
    } else {
      request.refuse(ResultCode.ENOENT.number());
    }
  }

  /** Most clients read the entry whatever the result is. */
  private static void replyRow(Request request, IndexAnswer answer) {
    IndexRow row = answer.row();
    request.reply(
        answer.result(), 0, IndexEntry.LENGTH, new IndexEntry(row.name(), row.offset(), 0)::encode);
  }
}
