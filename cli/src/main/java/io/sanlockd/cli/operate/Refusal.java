package io.sanlockd.cli.operate;

import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.util.List;

/**
 * A request that did not succeed.
 *
 * @param action as typed, without {@code client}
 * @param result negative
 * @param lockspace of {@code -s}, without name when not given
 * @param resources of {@code -r}
 * @param pid of {@code -p}, -1 when not given
 */
public record Refusal(
    String action, int result, Lockspace lockspace, List<Resource> resources, int pid) {
  /** Copies the list. */
  public Refusal {
    resources = List.copyOf(resources);
  }
}
