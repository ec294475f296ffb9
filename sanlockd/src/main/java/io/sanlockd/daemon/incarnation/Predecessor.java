package io.sanlockd.daemon.incarnation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a record says about the daemon that wrote it. */
final class Predecessor {
  private final Machine machine;
  private final Map<String, Membership> spaces = new HashMap<>();
  private final Map<Integer, Long> clients = new HashMap<>();
  private final Set<String> usedByOthers = new HashSet<>();

  private Predecessor(Machine machine) {
    this.machine = machine;
  }

  /** Our ownership of a host_id; clean when it was left after all its users were gone. */
  private record Membership(String hostName, long generation, boolean clean) {}

  /**
   * Reads a record. Its last line may be incomplete: what it announces had not happened yet.
   *
   * @return empty when anything in it is not as it was written
   */
  static Optional<Predecessor> parse(String text) {
    Predecessor found = null;
    int at = 0;
    try {
      for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
        Optional<String[]> words = RecordLine.decode(text.substring(at, end));
        if (words.isEmpty()) {
          return Optional.empty();
        }
        if (found == null) {
          found = new Predecessor(head(words.get()));
        } else {
          found.add(words.get());
        }
        at = end + 1;
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return Optional.ofNullable(found);
  }

  private static Machine head(String[] words) {
    if (!words[0].equals(RecordLine.HEAD)) {
      throw new IllegalArgumentException(words[0]);
    }
    return new Machine(words[1], words[2], words[3]);
  }

  private void add(String[] words) {
    switch (words[0]) {
      case RecordLine.JOINED ->
          spaces.put(words[1], new Membership(words[2], Long.parseLong(words[3]), false));
      case RecordLine.LEFT ->
          spaces.computeIfPresent(
              words[1], (space, m) -> new Membership(m.hostName, m.generation, true));
      case RecordLine.CLIENT -> clients.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
      case RecordLine.USED -> usedByOthers.add(words[1]);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  /** Whether the generation on disk is its, and no process that used it can still run. */
  boolean provesDeath(
      String space, String hostName, long generation, Machine now, ProcessLife processes) {
    Membership membership = spaces.get(space);
    if (membership == null
        || !membership.hostName.equals(hostName)
        || membership.generation != generation) {
      return false;
    }
    if (now.rebootedSince(machine)) {
      return true;
    }
    if (!now.sameBoot(machine)) {
      return false;
    }
    return membership.clean
        || (!usedByOthers.contains(space)
            && clients.entrySet().stream()
                .allMatch(client -> processes.gone(client.getKey(), client.getValue())));
  }
}
