package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What we initialise is, byte for byte, what the C program initialises. */
class InitBytesIT {
  /** Everything that lies behind the area must stay as it was. */
  private static final int BEHIND = 1 << 20;

  /** write_timestamp of a leader record: the time of the write, only in cleared leases. */
  private static final int WRITE_TIMESTAMP_OFFSET = 192;

  @RegisterExtension final Scene scene = new Scene();

  @ParameterizedTest
  @CsvSource({"512, 1", "4096, 1", "4096, 2", "4096, 4", "4096, 8"})
  void everyGeometryIsInitialisedAsByTheCProgram(int sectorSize, int alignMebibytes)
      throws Exception {
    String sector = Integer.toString(sectorSize);
    String align = alignMebibytes + "M";
    assertSameBytes(
        alignMebibytes, "-s", "some-lockspace:0:PATH:0", "-Z", sector, "-A", align, "-o", "7");
    assertSameBytes(alignMebibytes, "-s", "some-lockspace:0:PATH:0", "-Z", sector, "-A", align);
    assertSameBytes(alignMebibytes, "-r", "ls:res:PATH:0", "-Z", sector, "-A", align);
    assertSameBytes(alignMebibytes, "-r", "ls:res:PATH:0", "-Z", sector, "-A", align, "-n", "17");
    assertSameBytes(alignMebibytes, "-r", "ls:res:PATH:0", "-Z", sector, "-A", align, "-z", "1");
  }

  @ParameterizedTest
  @CsvSource({"-s, ls:0:PATH:0", "-r, ls:res:PATH:0"})
  void aFileIsInitialisedAsByTheCProgramWhenNoSizesAreGiven(String option, String what)
      throws Exception {
    assertSameBytes(1, option, what);
  }

  private void assertSameBytes(int alignMebibytes, String... options) throws Exception {
    byte[] ours = initialised(Peers.tested(), alignMebibytes, options);
    byte[] reference = initialised(Implementation.C, alignMebibytes, options);
    if (Arrays.asList(options).contains("-z")) {
      Arrays.fill(ours, WRITE_TIMESTAMP_OFFSET, WRITE_TIMESTAMP_OFFSET + Long.BYTES, (byte) 0);
      Arrays.fill(reference, WRITE_TIMESTAMP_OFFSET, WRITE_TIMESTAMP_OFFSET + Long.BYTES, (byte) 0);
    }
    assertThat(Arrays.mismatch(ours, reference))
        .as("first different byte after init %s", String.join(" ", options))
        .isEqualTo(-1);
    assertThat(ours[0]).as("magic").isNotEqualTo((byte) 0x55);
  }

  /** The bytes of a file full of 0x55 in which a program initialised the first area. */
  private byte[] initialised(Implementation program, int alignMebibytes, String... options)
      throws IOException {
    Path file = Files.createTempFile(scene.directory(), "disk", "");
    byte[] before = new byte[(alignMebibytes << 20) + BEHIND];
    Arrays.fill(before, (byte) 0x55);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.write(before);
    }
    String[] arguments = new String[options.length + 2];
    arguments[0] = "direct";
    arguments[1] = "init";
    for (int i = 0; i < options.length; i++) {
      arguments[i + 2] = options[i].replace("PATH", file.toString());
    }
    Command.Result result = new Cli(program, scene.directory()).run(arguments).succeeded();
    assertThat(result.done()).isZero();
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }
}
