package io.sanlockd.wdmd.testing;

import io.sanlockd.model.testing.Skip;
import io.sanlockd.model.testing.Until;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A watchdog device that every program on this machine can open, ping, close and die with, and that
 * resets nothing. It is a file of a small FUSE file system, so it needs no preloaded library in the
 * program and sees the close of a killed one.
 */
public final class FakeWatchdog implements AutoCloseable {
  private static final String PYTHON = "/usr/bin/python3";
  private static final int START_SECONDS = 30;

  private final Path directory;
  private final DeviceRecord record = new DeviceRecord();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Process process;

  private FakeWatchdog(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
    Thread reader = new Thread(this::readOperations, "fake-watchdog");
    reader.setDaemon(true);
    reader.start();
  }

  /** Skips the running test if there can be no fake device on this machine. */
  public static void require() {
    Skip.unless(Files.isWritable(Path.of("/dev/fuse")), "no access to /dev/fuse");
    boolean library = Files.isReadable(Path.of("/usr/lib/python3/dist-packages/fusepy.py"));
    Skip.unlessInstalled(
        library && Files.isExecutable(Path.of(PYTHON)), "the package python3-fusepy");
  }

  /**
   * Makes a device.
   *
   * @param directory empty directory that becomes the mount point
   * @param settings words for the program, such as {@code timeout=30} or {@code nowayout=1}
   */
  public static FakeWatchdog mount(Path directory, String... settings) throws Exception {
    Path program = Files.createTempFile("fake-watchdog", ".py");
    try (InputStream source = FakeWatchdog.class.getResourceAsStream("fake_watchdog.py")) {
      Files.write(program, source.readAllBytes());
    }
    List<String> command = new ArrayList<>(List.of(PYTHON, program.toString()));
    command.add(directory.toString());
    command.addAll(List.of(settings));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    FakeWatchdog watchdog = new FakeWatchdog(directory, process);
    boolean mounted = watchdog.ready.await(START_SECONDS, TimeUnit.SECONDS);
    Files.delete(program);
    if (!mounted) {
      watchdog.close();
      throw new IllegalStateException("no fake watchdog device after " + START_SECONDS + " s");
    }
    return watchdog;
  }

  /** Path of the device. */
  public Path path() {
    return directory.resolve("watchdog");
  }

  /** What happened to it. */
  public DeviceRecord record() {
    return record;
  }

  /**
   * Makes operations fail from now on.
   *
   * @param operation open, keepalive, gettimeout, settimeout or write
   * @param errno error number, 0 to let them succeed again
   */
  public void fail(String operation, int errno) throws Exception {
    int before = record.of(DeviceOperation.Kind.FAILING).size();
    OutputStream input = process.getOutputStream();
    input.write(("fail " + operation + " " + errno + "\n").getBytes(StandardCharsets.US_ASCII));
    input.flush();
    Until.holds(
        "operations of the fake device fail",
        () -> record.of(DeviceOperation.Kind.FAILING).size() > before);
  }

  /** Unmounts it; a program that still has it open gets errors from then on. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
  }

  private void readOperations() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[1].equals("ready")) {
          ready.countDown();
        } else {
          record.add(
              new DeviceOperation(
                  Long.parseLong(words[0]),
                  DeviceOperation.Kind.valueOf(words[1].toUpperCase(Locale.ROOT)),
                  Integer.parseInt(words[2])));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
