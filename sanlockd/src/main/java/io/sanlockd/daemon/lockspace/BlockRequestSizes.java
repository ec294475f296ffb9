package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Request sizes through sysfs: by ourselves where we may, else by the helper. */
public final class BlockRequestSizes implements RequestSizes {
  /** Where the kernel shows block devices by number. */
  public static final String DIRECTORY = "/sys/dev/block";

  private final MaxSectors wanted;
  private final Path directory;
  private final boolean direct;
  private final HelperWrite helper;

  /** Has the helper write a number to a file; the result is not awaited. Any thread. */
  public interface HelperWrite {
    /** Sends the request. */
    void write(String path, int value);
  }

  /**
   * @param wanted what is configured
   * @param directory {@value #DIRECTORY}, or a copy
   * @param direct whether this process itself may write there
   */
  public BlockRequestSizes(MaxSectors wanted, Path directory, boolean direct, HelperWrite helper) {
    this.wanted = wanted;
    this.directory = directory;
    this.direct = direct;
    this.helper = helper;
  }

  @Override
  public int enlarge(Object place, int alignBytes, LeaseLog log) {
    if (!(place instanceof FileStatus.Identity device) || device.specialDevice() == 0) {
      return 0;
    }
    String number = (device.specialDevice() >>> 32) + ":" + (device.specialDevice() & 0xffffffffL);
    Path queue = directory.resolve(number).resolve("queue");
    Path file = queue.resolve("max_sectors_kb");
    try {
      // A partition has no queue of its own and is left alone.
      int kilobytes = wanted.wanted(alignBytes, number(queue.resolve("max_hw_sectors_kb")));
      if (kilobytes != 0 && number(file) != kilobytes) {
        write(file, kilobytes);
        log.debug("set " + file + " " + kilobytes);
      }
      return kilobytes;
    } catch (IOException | NumberFormatException e) {
      log.debug("max_sectors_kb of " + number + " is left as it is: " + e);
      return 0;
    }
  }

  private void write(Path file, int kilobytes) throws IOException {
    if (direct) {
      // Neither created nor cut: sysfs knows neither.
      Files.writeString(file, Integer.toString(kilobytes), StandardOpenOption.WRITE);
    } else {
      helper.write(file.toString(), kilobytes);
    }
  }

  private static int number(Path file) throws IOException {
    return Integer.parseInt(Files.readString(file).strip());
  }
}
