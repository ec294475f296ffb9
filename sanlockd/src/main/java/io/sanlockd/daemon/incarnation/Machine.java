package io.sanlockd.daemon.incarnation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Where and since when we run; empty texts are unknown and equal nothing.
 *
 * @param bootId changes with every boot
 * @param pidNamespace in which process numbers have their meaning
 * @param hardware tells this machine from copies of it, also where their files are equal
 */
public record Machine(String bootId, String pidNamespace, String hardware) {
  /** The name of the namespace that no container has. */
  private static final String FIRST_NAMESPACE = "pid:[4026531836]";

  /**
   * Looks at the kernel's files; as root, because the hardware's identity is for root only.
   *
   * @param root {@code /}, or a copy of what is read
   */
  public static Machine read(Path root) {
    String board = line(root.resolve("sys/class/dmi/id/product_uuid"));
    String installed = line(root.resolve("etc/machine-id"));
    return new Machine(
        line(root.resolve("proc/sys/kernel/random/boot_id")),
        link(root.resolve("proc/self/ns/pid")),
        board.isEmpty() || installed.isEmpty() ? "" : board + "/" + installed);
  }

  /** What tells this machine from others as well as possible; empty when there is nothing. */
  public static String identity(Path root) {
    return line(root.resolve("sys/class/dmi/id/product_uuid"))
        + line(root.resolve("etc/machine-id"));
  }

  /** The boot id as the number it is; empty when it is unknown. */
  public Optional<UUID> boot() {
    try {
      return Optional.of(UUID.fromString(bootId));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether process numbers of then are those of now. */
  boolean sameBoot(Machine then) {
    return known(bootId)
        && bootId.equals(then.bootId)
        && known(pidNamespace)
        && pidNamespace.equals(then.pidNamespace);
  }

  /**
   * Whether it was this machine before its last boot. Containers do not count: a copy of one has
   * the same hardware and another life.
   */
  boolean rebootedSince(Machine then) {
    return known(bootId)
        && known(then.bootId)
        && !bootId.equals(then.bootId)
        && known(hardware)
        && hardware.equals(then.hardware)
        && pidNamespace.equals(FIRST_NAMESPACE)
        && then.pidNamespace.equals(FIRST_NAMESPACE);
  }

  private static boolean known(String text) {
    return !text.isEmpty();
  }

  private static String line(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
