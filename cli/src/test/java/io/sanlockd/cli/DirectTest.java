package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.testing.Skip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Direct actions on real files: what they refuse for the sake of safety, the trace they leave, and
 * the C program as a judge of what they wrote.
 */
class DirectTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final String C_PROGRAM = CommandLinePrograms.C_PROGRAM;

  @TempDir Path directory;

  private final List<String> journal = new ArrayList<>();
  private String err = "";

  @BeforeEach
  void format() throws IOException {
    create("ls", 1);
    create("res", 6);
    assertThat(run("init -s LS:0:ls:0 -o 1")).isEqualTo("init done 0\n");
    assertThat(run("init -r LS:R:res:0")).isEqualTo("init done 0\n");
    journal.clear();
  }

  private void create(String name, int mebibytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
      file.setLength((long) mebibytes * MEBIBYTE);
    }
  }

  /** Runs a direct action; names of files in options become paths. Gives its standard output. */
  private String run(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Invocation invocation =
        new Invocation(
            "sanlock",
            Endpoint.ofRunDirectory(directory.toString()),
            new CommandConfig(directory.resolve("sanlock.conf").toString()),
            journal::add,
            new Out(out, false),
            new Out(errors, false));
    int status = new Sanlock(invocation).run(words(words).toArray(new String[0]));
    err = errors.toString(StandardCharsets.ISO_8859_1);
    String text = out.toString(StandardCharsets.ISO_8859_1);
    assertThat(status).as(text).isEqualTo(text.matches("(?s).*done -\\d+\n.*") ? 1 : 0);
    return text;
  }

  private List<String> words(String words) {
    List<String> all = new ArrayList<>(List.of("direct"));
    for (String word : words.split(" ", -1)) {
      String path = directory + "/";
      all.add(
          word.replaceAll(":(ls|res|index)(?=:)", ":" + path + "$1")
              .replaceAll("^(ls|res|index|leader)$", path + "$1"));
    }
    return all;
  }

  private String runC(String words) throws IOException, InterruptedException {
    List<String> command = words(words);
    command.add(0, C_PROGRAM);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return text;
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name));
  }

  private void refused(String words, String output, String file) throws IOException {
    byte[] before = bytes(file);
    assertThat(run(words)).isEqualTo(output);
    assertThat(bytes(file)).isEqualTo(before);
    assertThat(err).startsWith("sanlock: ");
  }

  @Test
  void aLeaseIsTakenForANamedHostOnly() throws IOException {
    refused("acquire -r LS:R:res:0", "acquire done -22\n", "res");
    refused("acquire -r LS:R:res:0 -i 1", "acquire done -22\n", "res");
    refused("acquire -r LS:R:res:0 -g 1", "acquire done -22\n", "res");
    refused("acquire -i 1 -g 1", "acquire done -1\n", "res");
    refused("acquire -r LS:R:res:0 -i 5000 -g 1", "acquire done -228\n", "res");
    assertThat(run("acquire -r LS:R:res:0 -i 1 -g 1")).isEqualTo("acquire done 0\n");
  }

  /** As recorded of the C program: "read" takes an empty name for any, read_leader does not. */
  @Test
  void anEmptyNameIsNotThatOfTheLeaseWhoseLeaderIsRead() throws IOException {
    assertThat(run("read_leader -r ::res:0"))
        .startsWith("read_leader done -226\n")
        .contains("\nspace_name LS\nresource_name R\n");
    assertThat(run("read_leader -r LS::res:0")).startsWith("read_leader done -227\n");
    assertThat(run("read_leader -r :R:res:0")).startsWith("read_leader done -226\n");
  }

  @Test
  void anOwnedLeaseIsNeitherTakenNorReleased() throws IOException {
    assertThat(run("release -r LS:R:res:0")).isEqualTo("release done 0\n");
    assertThat(run("acquire -r LS:R:res:0 -i 1 -g 1")).isEqualTo("acquire done 0\n");
    refused("acquire -r LS:R:res:0 -i 2 -g 1", "acquire done -241\n", "res");
    refused("release -r LS:R:res:0", "release done -251\n", "res");
    assertThat(err).contains("host_id 1 has the lease");
  }

  @Test
  void aSharedLeaseCountsAsOwned() throws IOException {
    assertThat(run("acquire -r LS:R:res:0:SH -i 1 -g 1")).isEqualTo("acquire done 0\n");
    assertThat(run("dump res")).contains("0001 0001 SH\n");
    refused("release -r LS:R:res:0", "release done -251\n", "res");
  }

  @Test
  void aHostIdIsTakenRenewedAndReturned() throws IOException {
    refused("acquire_id -s LS:0:ls:0 -o 1", "acquire_id done -22\n", "ls");
    refused("acquire_id -s LS:2001:ls:0 -o 1", "acquire_id done -231\n", "ls");
    refused("acquire_id -s LX:1:ls:0 -o 1", "acquire_id done -226\n", "ls");
    refused("renew_id -s LS:1:ls:0 -o 1", "rewew_id done -22\n", "ls");
    refused("release_id -s LS:1:ls:0 -o 1", "release_id done -22\n", "ls");
    assertThat(run("acquire_id -s LS:1:ls:0 -o 1 -e me")).isEqualTo("acquire_id done 0\n");
    assertThat(run("renew_id -s LS:1:ls:0 -o 1")).isEqualTo("rewew_id done 0\n");
    assertThat(run("release_id -s LS:1:ls:0 -o 1")).isEqualTo("release_id done 0\n");
    assertThat(run("dump ls")).contains(" me 0000000000 0001 0001\n");
    assertThat(run("acquire_id -s LS:2:ls:0 -o 1")).isEqualTo("acquire_id done 0\n");
    assertThat(run("dump ls")).containsPattern(" [0-9a-f-]{36}\\.\\S* \\d{10} 0002 0001\n");
  }

  @Test
  void onlyTheLeaseThatIsNamedIsRewritten() throws IOException {
    Files.writeString(directory.resolve("leader"), "lver 9\nchecksum 0x12\n");
    for (String lease : List.of("-r LX:R:res:0", "-r LS:X:res:0", "-r LS:R:res:1M")) {
      byte[] before = bytes("res");
      assertThat(run("write_leader " + lease + " -F leader")).containsPattern("done -22[267]?\n$");
      assertThat(bytes("res")).isEqualTo(before);
    }
  }

  @Test
  void aDamagedLeaseIsRepaired() throws IOException {
    Files.writeString(directory.resolve("leader"), "lver 9\nchecksum 0x12\n");
    assertThat(run("write_leader -s LS:4:ls:0 -F leader -f 1")).contains("done 0\n");
    assertThat(run("read_leader -s LS:4:ls:0")).startsWith("read_leader done -229\n");
    Files.writeString(directory.resolve("leader"), "lver x\ntimestamp 0");
    assertThat(run("write_leader -s LS:4:ls:0 -F leader"))
        .startsWith("ignore line: \"lver x\n\"\nuse new generated checksum ")
        .contains("\nlver 9\n");
    assertThat(run("read_leader -s LS:4:ls:0")).startsWith("read_leader done 0\n");
  }

  @Test
  void theNextFreeAreaIsFoundWithoutSizes() {
    assertThat(run("next_free res")).isEqualTo("1048576\n");
    assertThat(run("next_free ls")).isEqualTo("1048576\n");
    assertThat(run("init -r LS:R4:res:1M -Z 4096 -A 1M")).isEqualTo("init done 0\n");
    assertThat(run("next_free " + directory + "/res:1M")).isEqualTo("1048576\n");
    assertThat(run("next_free " + directory + "/res:4M")).isEqualTo("0\n");
  }

  @Test
  void whateverChangesTheStorageLeavesATrace() throws IOException {
    Files.writeString(directory.resolve("leader"), "lver 9\n");
    create("index", 8);
    for (String words :
        List.of(
            "init -s LS:0:ls:0 -Z 512 -A 1M -o 1",
            "init -r LS:R:res:0",
            "format -x LS:index:1M",
            "write_leader -s LS:3:ls:0 -F leader",
            "write_leader -r LS:R:res:0 -F leader",
            "acquire -r LS:R:res:0 -i 1 -g 1",
            "acquire_id -s LS:1:ls:0 -o 1",
            "renew_id -s LS:1:ls:0 -o 1",
            "release_id -s LS:1:ls:0 -o 1",
            "read_leader -s LS:1:ls:0",
            "release -r LS:R:res:0")) {
      assertThat(run(words)).contains("done ");
    }
    String path = directory + "/";
    assertThat(journal)
        .containsExactly(
            "init lockspace LS:0:" + path + "ls:0 0x110",
            "init resource LS:R:" + path + "res:0:0",
            "format rindex LS:" + path + "index:1048576 0x0",
            "write_leader lockspace LS:3:" + path + "ls:0",
            "write_leader resource LS:R:" + path + "res:0:0",
            "acquire",
            "acquire_id",
            "renew_id",
            "release_id");
  }

  @Test
  void theConfigurationSetsTheTimeoutOfANewLockspace() throws IOException {
    Files.writeString(directory.resolve("sanlock.conf"), "io_timeout = 7\n");
    assertThat(run("init -s LS:0:ls:0")).isEqualTo("init done 0\n");
    assertThat(run("read_leader -s LS:1:ls:0")).contains("\nio_timeout 7\n");
    assertThat(run("init -s LS:0:ls:0 -o 3")).isEqualTo("init done 0\n");
    assertThat(run("read_leader -s LS:1:ls:0")).contains("\nio_timeout 3\n");
  }

  /** The C program leaves what was in memory behind its request records (disk-format.md 14). */
  private static byte[] withoutStrayBytes(byte[] disk) {
    for (int area = 0; area < disk.length; area += MEBIBYTE) {
      Arrays.fill(disk, area + 512 + 20, area + 512 + 24, (byte) 0);
    }
    return disk;
  }

  @Test
  void theCProgramAgreesOnWhatWasWritten() throws Exception {
    Skip.unlessInstalled(Files.isExecutable(Path.of(C_PROGRAM)), C_PROGRAM + " of the C sanlock");
    List<String> indexActions =
        List.of(
            "format -x LS:index:1M",
            "update -x LS:index:1M -e a:3M",
            "update -x LS:index:1M -e b:4M",
            "update -x LS:index:1M -e :3M -z 1",
            "init -r LS:c:index:5M",
            "rebuild -x LS:index:1M",
            "update -x LS:index:1M -e d:6M");
    create("index", 8);
    for (String words : indexActions) {
      byte[] before = bytes("index");
      String theirs = runC(words);
      byte[] after = withoutStrayBytes(bytes("index"));
      Files.write(directory.resolve("index"), before);
      assertThat(run(words)).as(words).isEqualTo(theirs);
      assertThat(bytes("index")).as(words).isEqualTo(after);
    }
    for (String words : List.of("", " -e c", " -e x", " -e :5M", " -e :1", " -e c:6M")) {
      assertThat(run("lookup -x LS:index:1M" + words))
          .isEqualTo(runC("lookup -x LS:index:1M" + words));
    }
    assertThat(run("acquire -r LS:R:res:0 -i 1 -g 1")).isEqualTo("acquire done 0\n");
    assertThat(run("acquire_id -s LS:1:ls:0 -o 1 -e me")).isEqualTo("acquire_id done 0\n");
    assertThat(runC("read_leader -r LS:R:res:0")).isEqualTo(run("read_leader -r LS:R:res:0"));
    for (String names : List.of("::res:0", "LS::res:0", ":R:res:0", "X:R:res:0")) {
      assertThat(run("read_leader -r " + names)).isEqualTo(runC("read_leader -r " + names));
    }
    assertThat(runC("dump res -f 2")).isEqualTo(run("dump res -f 2"));
    assertThat(runC("renew_id -s LS:1:ls:0 -o 1")).isEqualTo("rewew_id done 0\n");
    assertThat(run("renew_id -s LS:1:ls:0 -o 1")).isEqualTo("rewew_id done 0\n");
    assertThat(runC("release_id -s LS:1:ls:0 -o 1")).isEqualTo("release_id done 0\n");
    assertThat(runC("acquire -r LS:R:res:0 -i 2 -g 1")).isEqualTo("acquire done -241\n");
  }
}
