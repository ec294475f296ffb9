package io.sanlockd.protocol;

/** What follows the header of a request (section 8). */
public enum PayloadKind {
  /** Nothing. */
  NONE(0),
  /** A {@link Lockspace}. */
  LOCKSPACE(Lockspace.LENGTH),
  /** A {@link Lockspace} and a {@link HostEvent}. */
  LOCKSPACE_AND_EVENT(Lockspace.LENGTH + HostEvent.LENGTH),
  /** A {@link Resource} without disks. */
  RESOURCE(Resource.LENGTH),
  /** A {@link Resource} and its disks. */
  RESOURCE_WITH_DISKS(Resource.LENGTH),
  /** A {@link Disk}. */
  DISK(Disk.LENGTH),
  /** A {@link ResourceIndex}. */
  INDEX(ResourceIndex.LENGTH),
  /** A {@link ResourceIndex} and an {@link IndexEntry}. */
  INDEX_AND_ENTRY(ResourceIndex.LENGTH + IndexEntry.LENGTH),
  /** A {@link Killpath}. */
  KILLPATH(Killpath.LENGTH),
  /** {@code data} resources with disks, then {@link Options}. */
  ACQUIRE(0),
  /** Resources without disks, their number by mode. */
  RELEASE(0),
  /** A {@link Resource} without disks, then the value block. */
  VALUE_BLOCK(Resource.LENGTH);

  private final int fixedLength;

  PayloadKind(int fixedLength) {
    this.fixedLength = fixedLength;
  }

  /** Bytes every payload of this kind has at least. */
  public int fixedLength() {
    return fixedLength;
  }
}
