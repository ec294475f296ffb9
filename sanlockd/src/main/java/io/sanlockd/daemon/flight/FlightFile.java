package io.sanlockd.daemon.flight;

import static io.sanlockd.model.flight.FlightLayout.RECORD_BYTES;

import io.sanlockd.model.flight.EventKind.Ring;
import io.sanlockd.model.flight.FlightFormatException;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.model.flight.FlightRecord;
import io.sanlockd.model.flight.FlightScan;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;

/**
 * The file, open for writing and locked against other daemons. All its blocks exist before the
 * first record: a full disk can not stop it later. Everything may wait for the disk; flight thread
 * only.
 */
final class FlightFile implements Closeable {
  private static final int ZEROS_BYTES = 64 * 1024;

  private final FileChannel channel;
  private final FlightLayout layout;
  private final Map<Ring, Integer> next = new EnumMap<>(Ring.class);
  private final ByteBuffer sector = ByteBuffer.allocateDirect(RECORD_BYTES);
  private long lastSequence;

  private FlightFile(FileChannel channel, FlightLayout layout) {
    this.channel = channel;
    this.layout = layout;
  }

  /**
   * Opens the file behind its newest records, or makes it. One of another size, or one that is too
   * short, gets the name {@code .old} and is begun anew. What is no flight record is not touched.
   *
   * @throws IOException also when another daemon writes it
   */
  static FlightFile open(Path path, int kilobytes) throws IOException {
    FlightLayout wanted = FlightLayout.ofKilobytes(kilobytes);
    // Of a pipe or a device even opening could wait or do something.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new FlightFormatException("it is no regular file");
    }
    if (!Files.exists(path)) {
      create(path, wanted);
    }
    FlightFile found = openExisting(path);
    if (found.layout.equals(wanted) && found.channel.size() >= wanted.bytes()) {
      return found;
    }
    // Stays locked until the new one has its name.
    try (found) {
      Files.move(path, beside(path, ".old"), StandardCopyOption.REPLACE_EXISTING);
      create(path, wanted);
    }
    return openExisting(path);
  }

  private static FlightFile openExisting(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FlightLayout layout = FlightScan.layout(channel);
      lock(channel);
      FlightFile file = new FlightFile(channel, layout);
      file.findEnds();
      return file;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    }
    if (!locked) {
      throw new IOException("another daemon writes it");
    }
  }

  /** Whole before it has its name: a crash leaves no half of it. */
  private static void create(Path path, FlightLayout layout) throws IOException {
    Path unfinished = beside(path, ".new");
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, layout.encode(), 0);
      ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
      for (long at = FlightLayout.HEADER_BYTES; at < layout.bytes(); at += zeros.capacity()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), layout.bytes() - at));
        writeAll(channel, zeros, at);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
    Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    Path directory = path.toAbsolutePath().getParent();
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private static Path beside(Path path, String ending) {
    return path.resolveSibling(path.getFileName() + ending);
  }

  private void findEnds() throws IOException {
    Map<Ring, Long> newest = new EnumMap<>(Ring.class);
    int unused =
        FlightScan.visit(
            channel,
            layout,
            (ring, index, record) -> {
              if (record.sequence() > newest.getOrDefault(ring, 0L)) {
                newest.put(ring, record.sequence());
                next.put(ring, (index + 1) % layout.records(ring));
              }
              lastSequence = Math.max(lastSequence, record.sequence());
            });
  }

  /** The number of the record that is written next. */
  long nextSequence() {
    return lastSequence + 1;
  }

  /**
   * Writes a record over the oldest of its ring. It survives the end of this process, and after
   * {@link #flush} that of the host.
   *
   * @param record has the sequence number {@link #nextSequence}
   */
  void append(Ring ring, FlightRecord record) throws IOException {
    record.encode(sector);
    int index = next.getOrDefault(ring, 0);
    writeAll(channel, sector.clear(), layout.offset(ring, index));
    next.put(ring, (index + 1) % layout.records(ring));
    lastSequence = record.sequence();
  }

  void flush() throws IOException {
    channel.force(false);
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes, long offset)
      throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
