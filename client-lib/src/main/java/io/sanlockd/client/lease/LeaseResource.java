package io.sanlockd.client.lease;

import io.sanlockd.model.Check;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.ResourceText;
import io.sanlockd.protocol.TextFormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a lease is taken on: a name in a lockspace, and where on shared storage its record lies. All
 * hosts must use the same names and places. Immutable.
 *
 * @param lockspace name of a lockspace that the daemon has joined, 1..48 bytes in UTF-8
 * @param name name of the resource, 1..48 bytes in UTF-8
 * @param places 1 to 4; of several, more than half must be usable at any time
 */
public record LeaseResource(String lockspace, String name, List<Place> places) {
  /**
   * A lease area.
   *
   * @param path file or device, 1..1023 bytes in UTF-8, the same storage on every host
   * @param offset in bytes, a multiple of the area length (1 MiB with 512-byte sectors)
   */
  public record Place(String path, long offset) {
    /** Checks the ranges. */
    public Place {
      Check.argument(!path.isEmpty(), "the path of a lease is empty");
      Check.argument(offset >= 0, "the offset of a lease is negative");
      Disk unused = new Disk(toWire(path), offset);
    }
  }

  /** Checks the ranges and copies the list. */
  public LeaseResource {
    Check.argument(!lockspace.isEmpty(), "the name of the lockspace is empty");
    Check.argument(!name.isEmpty(), "the name of the resource is empty");
    LeaseName unusedLockspace = LeaseName.of(toWire(lockspace));
    LeaseName unusedName = LeaseName.of(toWire(name));
    places = List.copyOf(places);
    Check.argument(
        !places.isEmpty() && places.size() <= Resource.MAX_DISKS, "a lease has 1 to 4 places");
  }

  /** A lease in one place, the usual case. */
  public static LeaseResource of(String lockspace, String name, String path, long offset) {
    return new LeaseResource(lockspace, name, List.of(new Place(path, offset)));
  }

  /**
   * As on the command line: {@code LOCKSPACE:RESOURCE:PATH:OFFSET}, up to four times {@code
   * PATH:OFFSET}; a colon inside a path is written {@code \:}.
   *
   * @throws IllegalArgumentException when the text has another form
   */
  public static LeaseResource parse(String text) {
    try {
      Resource resource = ResourceText.parse(toWire(text));
      Check.argument(resource.flags() == 0, "mode or version in the name of a lease: " + text);
      return of(resource);
    } catch (TextFormatException e) {
      throw new IllegalArgumentException("not LOCKSPACE:RESOURCE:PATH:OFFSET: " + text, e);
    }
  }

  private static LeaseResource of(Resource resource) {
    return new LeaseResource(
        fromWire(resource.lockspaceName().text()),
        fromWire(resource.name().text()),
        resource.disks().stream()
            .map(disk -> new Place(fromWire(disk.path()), disk.offset()))
            .toList());
  }

  LeaseName lockspaceName() {
    return LeaseName.of(toWire(lockspace));
  }

  /** The names alone: what all requests about a lease held look at. */
  Resource named(LeaseMode mode) {
    return Resource.named(lockspaceName(), LeaseName.of(toWire(name))).withFlags(flags(mode));
  }

  Resource onDisks(LeaseMode mode) {
    List<Disk> disks =
        places.stream().map(place -> new Disk(toWire(place.path), place.offset)).toList();
    return named(mode).withDisks(disks);
  }

  private static int flags(LeaseMode mode) {
    return mode == LeaseMode.SHARED ? ResourceFlags.SHARED : 0;
  }

  /** The protocol's texts have one char for each byte. */
  static String toWire(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  static String fromWire(String text) {
    return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** As in {@code ls:r1:/dev/vg/leases:1048576}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(escaped(lockspace)).append(':').append(escaped(name));
    for (Place place : places) {
      text.append(':').append(escaped(place.path)).append(':').append(place.offset);
    }
    return text.toString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }
}
