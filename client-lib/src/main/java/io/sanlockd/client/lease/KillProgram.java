package io.sanlockd.client.lease;

import io.sanlockd.model.Check;
import io.sanlockd.protocol.Killpath;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program that the daemon runs, as root in a full installation, instead of sending SIGTERM when
 * the lockspace fails (protocol.md 8.17). It has the grace period to stop what uses the lease.
 *
 * @param path absolute, at most 126 bytes
 * @param arguments at most 6, at most 126 bytes together with their separators
 * @param appendPid whether the pid of this process becomes the last argument
 */
public record KillProgram(String path, List<String> arguments, boolean appendPid) {
  private static final int MAX_ARGUMENTS = 6;
  private static final int MAX_LENGTH = 126;

  /** Checks the ranges and copies the list. */
  public KillProgram {
    arguments = List.copyOf(arguments);
    Check.argument(path.startsWith("/"), "a killpath must be absolute: " + path);
    Check.argument(arguments.size() <= MAX_ARGUMENTS, "more than 6 arguments of a killpath");
    Check.argument(
        LeaseResource.toWire(path).length() <= MAX_LENGTH
            && words(arguments).length() <= MAX_LENGTH,
        "path or arguments of a killpath are longer than 126 bytes");
    Check.argument(
        arguments.stream().noneMatch(argument -> argument.isEmpty() || hasControl(argument)),
        "an argument of a killpath is empty or has control characters");
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(c -> c < ' ');
  }

  /** The words as the daemon splits them: blanks and backslashes inside are escaped. */
  private static String words(List<String> arguments) {
    return arguments.stream()
        .map(word -> LeaseResource.toWire(word).replace("\\", "\\\\").replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
  }

  Killpath onWire() {
    return new Killpath(LeaseResource.toWire(path), words(arguments));
  }
}
