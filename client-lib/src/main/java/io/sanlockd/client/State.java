package io.sanlockd.client;

import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.util.Optional;

/**
 * One element of a state stream (protocol.md 9).
 *
 * @param entry type, numbers and the {@code key=value} text
 * @param lockspace of a LOCKSPACE record
 * @param resource of a RESOURCE record; its version is {@code entry.data64()}, its pid {@code
 *     entry.data32()}
 */
public record State(StateRecord entry, Optional<Lockspace> lockspace, Optional<Resource> resource) {

  /** Value of a key of the text. */
  public Optional<String> value(String key) {
    for (String pair : entry.text().split(" ", -1)) {
      if (pair.startsWith(key) && pair.startsWith("=", key.length())) {
        return Optional.of(pair.substring(key.length() + 1));
      }
    }
    return Optional.empty();
  }
}
