package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import io.sanlockd.protocol.StateRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole commands with any arguments, on a disk and against a daemon that answers anything: each
 * ends, with an exit status that there is, and with no more output than was sent to it.
 */
class CommandLineFuzzTest {
  private static final int DISK_LENGTH = 8 << 20;
  private static final int MOST_REPLY_BYTES = 20_000;

  /** Far more than any answer becomes as text. */
  private static final long MOST_OUTPUT_BYTES = 4L << 20;

  private static final List<String> CLIENT =
      ClientActions.names().stream().filter(name -> !name.equals("command")).toList();
  private static final List<String> DIRECT = DirectActions.names();

  /** They would wait as a host does that takes a lease; they get no disk that is there. */
  private static final List<String> WAITING = List.of("acquire", "acquire_id", "renew_id");

  private static final List<String> LETTERS =
      List.of(
          "-s",
          "-r",
          "-x",
          "-e",
          "-p",
          "-o",
          "-f",
          "-g",
          "-i",
          "-h",
          "-n",
          "-z",
          "-a",
          "-O",
          "-P",
          "-u",
          "-d",
          "-w",
          "-Z",
          "-A",
          "-D",
          "-F",
          "-m",
          "-q",
          "--json",
          "--exit-code",
          "--help",
          "--lockspace",
          "--");

  private static final List<String> STATE_PIECES =
      List.of("list=add", "list=orphan ", "a=b ", "pid=1", "space_id=2 ", "io_timeout=10 ");

  private static final List<String> NUMBERS =
      List.of("0", "1", "2", "-1", "512", "4096", "1M", "8M", "p", "s", "0x10", "99999999999", "");

  @TempDir private Path directory;
  private AnyDaemon daemon;
  private Endpoint nobody;

  @Test
  void everyCommandEnds() throws IOException {
    String disk = directory.resolve("disk").toString();
    try (RandomAccessFile file = new RandomAccessFile(disk, "rw")) {
      file.setLength(DISK_LENGTH);
    }
    nobody = Endpoint.ofRunDirectory(directory.resolve("nobody").toString());
    try (AnyDaemon any = new AnyDaemon(directory)) {
      daemon = any;
      Fuzz.run("commands", 3_000, input -> run(input, disk));
    }
  }

  private void run(Input input, String disk) {
    boolean direct = input.onceIn(4);
    String action = input.oneOf(direct ? DIRECT : CLIENT);
    boolean onDisk = direct && input.onceIn(4) && !WAITING.contains(action);
    List<String> places = places(onDisk ? disk : directory.resolve("missing").toString());
    List<String> words = new ArrayList<>();
    if (direct || input.onceIn(2)) {
      words.add(direct ? "direct" : "client");
    }
    words.add(input.onceIn(50) ? input.text(places, 2) : action);
    if (DirectActions.takesPlace(action) && !input.onceIn(10)) {
      words.add(input.oneOf(places).replaceAll("^[^/]*", ""));
    }
    for (int i = input.below(6); i > 0; i--) {
      words.add(input.oneOf(LETTERS));
      if (!input.onceIn(20)) {
        words.add(value(input, places));
      }
    }
    input.working(String.join("\n", words));
    daemon.answers(reply(input), input.onceIn(4) ? (int) input.number() : 0);
    Counter out = new Counter();
    Counter err = new Counter();
    Invocation invocation =
        new Invocation(
            "sanlock",
            input.onceIn(4) ? nobody : daemon.endpoint(),
            new CommandConfig("/nonexistent/sanlock.conf"),
            line -> {},
            new Out(out, false),
            new Out(err, false));
    int status = new Sanlock(invocation).run(words.toArray(new String[0]));
    assertThat(status).isBetween(0, 7);
    assertThat(out.bytes + err.bytes).isLessThan(MOST_OUTPUT_BYTES);
  }

  private static String value(Input input, List<String> places) {
    if (input.onceIn(6)) {
      return input.text(places, 3);
    }
    return input.oneOf(input.onceIn(2) ? places : NUMBERS);
  }

  private static List<String> places(String path) {
    return List.of(
        "LS:1:" + path + ":0",
        "LS:0:" + path + ":1M",
        "LS:RES:" + path + ":2M",
        "LS:RES:" + path + ":1M:SH",
        "LS:RES:" + path + ":0:" + path + ":1048576:7",
        "LS:" + path + ":4M",
        "::" + path + ":0",
        "LS",
        "RES:1M",
        ":",
        path + ":0:1M");
  }

  /** What follows the header of the answer. */
  private static byte[] reply(Input input) {
    switch (input.below(4)) {
      case 0 -> {
        return new byte[0];
      }
      case 1 -> {
        return input.bytes(input.below(3_000));
      }
      default -> {
        ByteBuffer stream = ByteBuffer.allocate(MOST_REPLY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = input.below(5); i > 0; i--) {
          state(input, stream);
        }
        byte[] bytes = new byte[stream.flip().remaining()];
        stream.get(bytes);
        return input.onceIn(2) ? bytes : input.damaged(bytes);
      }
    }
  }

  private static void state(Input input, ByteBuffer stream) {
    int type = 1 + input.below(6);
    byte[] record = input.bytes(StateRecord.LENGTH);
    String text = input.text(STATE_PIECES, 5);
    ByteBuffer fields = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    fields.putInt(0, type);
    fields.putInt(72, input.onceIn(10) ? (int) input.number() : text.length() + 1);
    stream.put(record);
    for (int i = 0; i < text.length() && stream.hasRemaining(); i++) {
      stream.put((byte) text.charAt(i));
    }
    stream.put((byte) 0);
    if (type == StateRecord.LOCKSPACE) {
      stream.put(input.onceIn(3) ? input.bytes(1104) : new byte[1104]);
    } else if (type == StateRecord.RESOURCE) {
      byte[] resource = new byte[128 + 1040];
      resource[124] = (byte) (input.onceIn(5) ? input.below(7) : 1);
      stream.put(resource);
    }
  }

  /** Counts bytes instead of keeping them. */
  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int offset, int length) {
      bytes += length;
    }
  }
}
