package io.sanlockd.reset;

import io.sanlockd.model.LeaseName;
import java.util.HashSet;
import java.util.Set;

/** The host to be reset, as one lockspace sees it. Main thread only. */
final class Target {
  private static final long MAX_HOST_ID = 2000;

  final LeaseName lockspace;
  final long hostId;

  LockManager.Subscription subscription;

  /** No answer can come any more. */
  boolean deaf;

  /** The host has answered that it will be gone. */
  boolean replied;

  /** It has let its watchdog fire: only that happens in a known time. */
  boolean resetting;

  /** Last timestamp seen, -1 for none; and how often it has changed since the first. */
  long timestamp = -1;

  int renewals;

  /** Our second and the host's timestamp when its answer was first seen; -1 before. */
  long repliedSecond = -1;

  long repliedTimestamp;

  /** What was said about conditions that last, so that each is said once. */
  private final Set<String> told = new HashSet<>();

  private Target(LeaseName lockspace, long hostId) {
    this.lockspace = lockspace;
    this.hostId = hostId;
  }

  /**
   * Reads {@code NAME} or {@code NAME:HOST_ID}. Unlike the C program we take no number with other
   * characters behind it: it might be another host.
   *
   * @param otherHostId when the word has no number
   * @throws IllegalArgumentException with the text for standard error
   */
  static Target parse(String word, long otherHostId) {
    int colon = word.indexOf(':');
    String name = colon < 0 ? word : word.substring(0, colon);
    String digits = colon < 0 ? Long.toString(otherHostId) : word.substring(colon + 1);
    long hostId = Options.digits(digits);
    if (hostId < 1 || hostId > MAX_HOST_ID) {
      throw new IllegalArgumentException("invalid host_id " + digits);
    }
    if (name.length() > LeaseName.FIELD_LENGTH) {
      throw new IllegalArgumentException("lockspace_name longer than 48 bytes: " + name + "\n");
    }
    return new Target(LeaseName.of(name), hostId);
  }

  /** Notes a timestamp. */
  void seen(long newTimestamp) {
    if (timestamp >= 0 && newTimestamp != timestamp) {
      renewals++;
    }
    timestamp = newTimestamp;
  }

  /** Whether this was not said before. */
  boolean isNews(String text) {
    return told.add(text);
  }

  @Override
  public String toString() {
    return lockspace.text() + ":" + hostId;
  }
}
