package io.sanlockd.daemon.loop;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * The client table: which connection has which index ({@code protocol.md} 5.1). Indexes 0 and 1
 * belong to helper and listener; a new connection takes the lowest free one.
 */
final class Slots {
  static final int FIRST = 2;

  private final List<ClientConnection> table = new ArrayList<>();
  private final BitSet used = new BitSet();
  private int count;

  int take(ClientConnection connection) {
    int slot = used.nextClearBit(FIRST);
    used.set(slot);
    while (table.size() <= slot) {
      table.add(null);
    }
    table.set(slot, connection);
    count++;
    return slot;
  }

  void free(int slot) {
    used.clear(slot);
    table.set(slot, null);
    count--;
  }

  int count() {
    return count;
  }

  /** The connection of a slot, or null. */
  ClientConnection get(int slot) {
    return slot >= FIRST && slot < table.size() ? table.get(slot) : null;
  }

  /** Visits the connections in the order of their slots. */
  void forEach(Consumer<? super ClientConnection> action) {
    for (int slot = used.nextSetBit(FIRST); slot >= 0; slot = used.nextSetBit(slot + 1)) {
      action.accept(table.get(slot));
    }
  }
}
