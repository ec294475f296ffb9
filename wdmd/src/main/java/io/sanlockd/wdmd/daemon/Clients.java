package io.sanlockd.wdmd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The table of clients, numbered as in the dump; freed places are used again. */
final class Clients {
  /** Places of the entries that are no clients: signals and listener. */
  static final int FIRST = 2;

  /** Most entries, dead ones included. */
  static final int LIMIT = 1024;

  private final List<Client> places = new ArrayList<>();
  private int count;

  /** A new entry in the lowest free place; empty if all are taken. */
  Optional<Client> add(int fd) {
    if (count >= LIMIT) {
      return Optional.empty();
    }
    int place = places.indexOf(null);
    if (place < 0) {
      place = places.size();
      places.add(null);
    }
    Client client = new Client(place + FIRST, fd);
    places.set(place, client);
    count++;
    return Optional.of(client);
  }

  void remove(Client client) {
    places.set(client.index - FIRST, null);
    count--;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether any entry keeps wdmd from ending. */
  boolean inUse() {
    for (Client client : places) {
      if (client != null && client.inUse()) {
        return true;
      }
    }
    return false;
  }

  /** Least expiry of all promises; {@link Long#MAX_VALUE} for none. */
  long earliestExpiry() {
    long earliest = Long.MAX_VALUE;
    for (Client client : places) {
      if (client != null && client.expire != 0) {
        earliest = Math.min(earliest, client.expire);
      }
    }
    return earliest;
  }

  void forEach(Consumer<Client> action) {
    for (Client client : places) {
      if (client != null) {
        action.accept(client);
      }
    }
  }
}
