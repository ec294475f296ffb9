package io.sanlockd.daemon.lockspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.FileStatus;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** max_sectors_kb (lockspace.md 13) on a copy of sysfs. */
class BlockRequestSizesTest {
  private static final int MIB = 1 << 20;
  private static final Object DEVICE = new FileStatus.Identity(0, 0, 253L << 32 | 7);

  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path sysfs = files.getPath("/sys/dev/block");
  private final List<String> toHelper = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  private Path device(String hardwareKb, String nowKb) throws IOException {
    Path queue = Files.createDirectories(sysfs.resolve("253:7/queue"));
    Files.writeString(queue.resolve("max_hw_sectors_kb"), hardwareKb + "\n");
    return Files.writeString(queue.resolve("max_sectors_kb"), nowKb + "\n");
  }

  private int enlarge(MaxSectors wanted, boolean direct, Object place, int alignBytes) {
    return new BlockRequestSizes(
            wanted, sysfs, direct, (path, value) -> toHelper.add(path + " " + value))
        .enlarge(place, alignBytes, LeaseLog.NONE);
  }

  @Test
  void rootWritesTheDefaultItself() throws IOException {
    Path file = device("32767", "1280");

    assertThat(enlarge(MaxSectors.STANDARD, true, DEVICE, MIB)).isEqualTo(1024);

    assertThat(Files.readString(file).strip()).startsWith("1024");
    assertThat(toHelper).isEmpty();
  }

  @Test
  void whoIsNotRootAsksTheHelper() throws IOException {
    Path file = device("32767", "512");

    assertThat(enlarge(MaxSectors.ALIGN, false, DEVICE, 8 * MIB)).isEqualTo(8192);

    assertThat(toHelper).containsExactly("/sys/dev/block/253:7/queue/max_sectors_kb 8192");
    assertThat(Files.readString(file)).isEqualTo("512\n");
  }

  @Test
  void aDeviceThatHasTheSizeIsNotWrittenTo() throws IOException {
    device("32767", "1024");

    assertThat(enlarge(MaxSectors.STANDARD, false, DEVICE, MIB)).isEqualTo(1024);

    assertThat(toHelper).isEmpty();
  }

  @Test
  void hardwareThatCanDoLessGetsTheDefaultOrNothing() throws IOException {
    device("4096", "512");
    assertThat(enlarge(MaxSectors.ALIGN, true, DEVICE, 8 * MIB)).isEqualTo(1024);

    Path small = device("512", "128");
    assertThat(enlarge(MaxSectors.STANDARD, true, DEVICE, MIB)).isZero();
    assertThat(Files.readString(small)).isEqualTo("128\n");
    assertThat(enlarge(MaxSectors.of(256), true, DEVICE, MIB)).isEqualTo(256);

    device("600", "128");
    assertThat(enlarge(MaxSectors.of(700), true, DEVICE, MIB)).isZero();
  }

  @Test
  void filesAndWhatIsUnknownAndWhatIsToBeIgnoredAreLeftAlone() throws IOException {
    assertThat(enlarge(MaxSectors.STANDARD, true, DEVICE, MIB)).as("no such device").isZero();
    device("0", "128");
    assertThat(enlarge(MaxSectors.STANDARD, true, DEVICE, MIB)).as("hardware unknown").isZero();
    device("soup", "128");
    assertThat(enlarge(MaxSectors.STANDARD, true, DEVICE, MIB)).as("no number").isZero();
    Path file = device("32767", "128");
    assertThat(enlarge(MaxSectors.IGNORE, true, DEVICE, MIB)).as("configured").isZero();
    Object regular = new FileStatus.Identity(253L << 32 | 7, 12, 0);
    assertThat(enlarge(MaxSectors.STANDARD, true, regular, MIB)).as("regular file").isZero();

    assertThat(Files.readString(file)).isEqualTo("128\n");
  }
}
