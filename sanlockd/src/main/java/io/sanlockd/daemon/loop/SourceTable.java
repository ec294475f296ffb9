package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.PosixException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Which source an epoll token means. A token carries a serial number: events fetched for a source
 * that was removed meanwhile reach nobody, whoever has its place now.
 */
final class SourceTable {
  private final Epoll epoll;
  private final List<Registration> entries = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private long serial;

  SourceTable(Epoll epoll) {
    this.epoll = epoll;
  }

  /** A source in the epoll set. */
  final class Registration {
    private final Source source;
    private final int fd;
    private final long token;
    private int interest;

    private Registration(Source source, int fd, long token, int interest) {
      this.source = source;
      this.fd = fd;
      this.token = token;
      this.interest = interest;
    }

    /** Changes what is reported; no system call when it is that already. */
    void interest(int wanted) {
      if (wanted == interest) {
        return;
      }
      try {
        epoll.modify(fd, wanted, token);
      } catch (PosixException e) {
        throw new IllegalStateException(e);
      }
      interest = wanted;
    }

    /** Takes the source out; to be called once, before its descriptor is closed. */
    void remove() {
      try {
        epoll.remove(fd);
      } catch (PosixException e) {
        throw new IllegalStateException(e);
      }
      int index = (int) token;
      entries.set(index, null);
      free.push(index);
    }
  }

  /** Adds a descriptor to the epoll set. */
  Registration add(int fd, int interest, Source source) throws PosixException {
    boolean reuse = !free.isEmpty();
    int index = reuse ? free.peek() : entries.size();
    serial = (serial + 1) & 0x7fffffffL;
    long token = serial << 32 | index;
    epoll.add(fd, interest, token);
    Registration registration = new Registration(source, fd, token, interest);
    if (reuse) {
      free.pop();
      entries.set(index, registration);
    } else {
      entries.add(registration);
    }
    return registration;
  }

  /** The source of a token, or null when it was removed. */
  Source find(long token) {
    Registration registration = entries.get((int) token);
    return registration != null && registration.token == token ? registration.source : null;
  }
}
