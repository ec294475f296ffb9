package io.sanlockd.client;

import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.ResourceIndex;

/** The calls for resource indexes (protocol.md 8.35 to 8.40). */
public final class IndexClient {
  private final SanlockClient client;

  IndexClient(SanlockClient client) {
    this.client = client;
  }

  /** Initialises an index; needs no lockspace. */
  public void format(ResourceIndex index) throws SanlockException {
    client.call(Requests.index(Command.FORMAT_RINDEX, index, 0));
  }

  /** Rebuilds an index from the leases behind it. */
  public void rebuild(ResourceIndex index, IndexFlag... flags) throws SanlockException {
    client.call(Requests.index(Command.REBUILD_RINDEX, index, Flag.bits(flags)));
  }

  /** Records name and offset of a lease. */
  public IndexEntry put(ResourceIndex index, IndexEntry entry, IndexFlag... flags)
      throws SanlockException {
    int bits = CommandFlags.INDEX_UPDATE_ADD | Flag.bits(flags);
    return entry(Command.UPDATE_RINDEX, index, entry, bits, 0);
  }

  /** Clears the entry of an offset. */
  public void remove(ResourceIndex index, long offset, IndexFlag... flags) throws SanlockException {
    IndexEntry entry = new IndexEntry(LeaseName.EMPTY, offset, 0);
    int bits = CommandFlags.INDEX_UPDATE_REM | Flag.bits(flags);
    IndexEntry unused = entry(Command.UPDATE_RINDEX, index, entry, bits, 0);
  }

  /** Finds an entry by name, by offset, or with neither the first free offset. */
  public IndexEntry lookup(ResourceIndex index, IndexEntry entry, IndexFlag... flags)
      throws SanlockException {
    return entry(Command.LOOKUP_RINDEX, index, entry, Flag.bits(flags), 0);
  }

  /**
   * Creates a lease and its entry.
   *
   * @param numHosts 0 for all
   * @return the offset; the name in the reply is empty
   */
  public IndexEntry create(ResourceIndex index, IndexEntry entry, int numHosts)
      throws SanlockException {
    return entry(Command.CREATE_RESOURCE, index, entry, 0, numHosts);
  }

  /** Deletes a lease and its entry by name. */
  public void delete(ResourceIndex index, IndexEntry entry) throws SanlockException {
    IndexEntry unused = entry(Command.DELETE_RESOURCE, index, entry, 0, 0);
  }

  private IndexEntry entry(
      Command command, ResourceIndex index, IndexEntry entry, int flags, int numHosts)
      throws SanlockException {
    return Results.entry(
        command, client.call(Requests.indexEntry(command, index, entry, flags, numHosts)));
  }
}
