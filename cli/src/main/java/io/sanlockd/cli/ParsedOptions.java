package io.sanlockd.cli;

import io.sanlockd.model.Geometry;
import io.sanlockd.protocol.CNumbers;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of one command line. Every letter is accepted by every action, so values stay text
 * until an action reads them as the kind of number the C program takes them for (cli.md 3).
 */
final class ParsedOptions {
  private static final int LETTERS = 128;
  private static final int SECTOR_512 = 0x100;
  private static final int SECTOR_4K = 0x200;

  private final String[] values = new String[LETTERS];
  private final List<Resource> resources = new ArrayList<>();
  private List<String> program = List.of();
  private Lockspace lockspace = Lockspace.NONE;

  void set(char letter, String value) {
    values[letter] = value;
  }

  void setLockspace(Lockspace newLockspace) {
    lockspace = newLockspace;
  }

  void addResource(Resource resource) {
    resources.add(resource);
  }

  void setProgram(List<String> words) {
    program = List.copyOf(words);
  }

  boolean has(char letter) {
    return values[letter] != null;
  }

  /** The text of an option, null when it is not given. */
  String text(char letter) {
    return values[letter];
  }

  /** {@code atoi}. */
  int integer(char letter, int fallback) {
    return has(letter) ? CNumbers.atoi(values[letter]) : fallback;
  }

  /** {@code strtoull} base 0; 0 when not given. */
  long unsigned(char letter) {
    return has(letter) ? CNumbers.strtoull(values[letter]) : 0;
  }

  /** Whether an option that takes 0 or 1 is on. */
  boolean isOn(char letter) {
    return integer(letter, 0) != 0;
  }

  /** With the size flags that {@code -Z} and {@code -A} ask for. */
  Lockspace lockspace() {
    return lockspace.withFlags(sizeFlags());
  }

  /** Whether {@code -s} says where a lockspace lies. */
  boolean hasLockspacePath() {
    return !lockspace.disk().path().isEmpty();
  }

  /** At most eight, in the order given. */
  List<Resource> resources() {
    return resources;
  }

  /** What follows {@code -c}: path first, then arguments. */
  List<String> program() {
    return program;
  }

  int sectorSize() {
    return integer('Z', 0);
  }

  /** Align size in bytes, 0 when not given; other words than 1M, 2M, 4M, 8M count as not given. */
  int alignSize() {
    String word = has('A') ? values['A'] : "";
    return switch (word) {
      case "1M" -> 1 << 20;
      case "2M" -> 2 << 20;
      case "4M" -> 4 << 20;
      case "8M" -> 8 << 20;
      default -> 0;
    };
  }

  /** Size flags of the API; an unknown sector size sets none. */
  int sizeFlags() {
    int flags = alignSize() >> 16;
    if (sectorSize() == 512) {
      flags |= SECTOR_512;
    } else if (sectorSize() == 4096) {
      flags |= SECTOR_4K;
    }
    return flags;
  }

  /** Whether the sizes can be sent: no align size, or a pair that exists (cli.md 2.6). */
  boolean hasUsableSizes() {
    return alignSize() == 0 || Geometry.of(sectorSize(), alignSize()).isPresent();
  }
}
