package io.sanlockd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every conversation recorded with the C daemon decodes, and encodes to the same bytes. */
class WireCaptureTest {
  private static final Path CAPTURES = Path.of("src/test/resources/wire");

  /** Conversations with the daemon of 5.1.1 in commands that we have, too (v5.md 6). */
  private static final Path NEWER = Path.of("src/test/resources/wire-v5");

  /** Requests that are wrong or cut short on purpose and have no structure to decode. */
  private static final Set<String> MALFORMED =
      Set.of(
          "00-acquire-unregistered",
          "00-bad-magic",
          "00-short-header",
          "00-short-payload",
          "00-unknown-cmd",
          "00-restrict-all");

  /** Commands of which the daemon may leave a part unread, which it then discards. */
  private static final Set<Command> MAY_HAVE_SURPLUS = Set.of(Command.ACQUIRE, Command.RELEASE);

  static Stream<WireCapture> captures() {
    return Stream.concat(
        WireCapture.readAll(CAPTURES).stream(), WireCapture.readAll(NEWER).stream());
  }

  @Test
  void allCapturesAreThere() {
    assertThat(captures()).hasSizeGreaterThan(255);
  }

  @ParameterizedTest
  @MethodSource("captures")
  void requestsDecodeAndEncodeToTheSameBytes(WireCapture capture) throws Exception {
    for (int connection : capture.openedEarlier().keySet()) {
      byte[] sent = capture.stream(connection, WireCapture.Sender.CLIENT);
      if (!MALFORMED.contains(capture.name()) && sent.length >= MessageHeader.LENGTH) {
        requests(capture, ByteBuffer.wrap(sent).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("captures")
  void repliesDecodeAndEncodeToTheSameBytes(WireCapture capture) throws Exception {
    for (int connection : capture.openedEarlier().keySet()) {
      byte[] received = capture.stream(connection, WireCapture.Sender.DAEMON);
      ByteBuffer replies = ByteBuffer.wrap(received).order(ByteOrder.LITTLE_ENDIAN);
      if (capture.name().equals("30-event-callback")) {
        EventMessage message = EventMessage.decode(replies);
        assertThat(encoded(EventMessage.LENGTH, message::encode)).isEqualTo(hex(received));
        assertThat(message.event()).isEqualTo(new HostEvent(1, 1, 17, 34));
      }
      while (replies.remaining() >= MessageHeader.LENGTH) {
        reply(replies);
      }
      assertThat(replies.remaining()).isZero();
    }
  }

  private static void requests(WireCapture capture, ByteBuffer sent) throws Exception {
    while (sent.hasRemaining()) {
      int from = sent.position();
      MessageHeader header = MessageHeader.decode(sent);
      assertSame(sent, from, MessageHeader.LENGTH, header::encode);
      int required = PayloadFraming.required(header, sent.slice());
      if (required == PayloadFraming.TOO_LARGE) {
        assertThat(capture.name()).matches(".*e2big.*|.*toobig2.*|.*max.*");
        sent.position(sent.position() + PayloadFraming.surplus(header, 0));
        continue;
      }
      Command command = Command.of(header.command()).orElseThrow();
      int start = sent.position();
      assertThat(sent.remaining()).as("payload of %s", command).isGreaterThanOrEqualTo(required);
      payload(command, header, sent);
      assertThat(sent.position() - start).as("length of %s", command).isEqualTo(required);
      int surplus = Math.min(PayloadFraming.surplus(header, required), sent.remaining());
      if (MAY_HAVE_SURPLUS.contains(command)) {
        sent.position(sent.position() + surplus);
      }
    }
  }

  private static void payload(Command command, MessageHeader header, ByteBuffer sent)
      throws Exception {
    switch (command.payload()) {
      case NONE -> {}
      case LOCKSPACE -> lockspace(sent);
      case LOCKSPACE_AND_EVENT -> {
        lockspace(sent);
        int from = sent.position();
        HostEvent event = HostEvent.decode(sent);
        assertSame(sent, from, HostEvent.LENGTH, event::encode);
      }
      case RESOURCE -> resource(sent);
      case RESOURCE_WITH_DISKS -> resourceWithDisks(sent);
      case DISK -> {
        int from = sent.position();
        Disk disk = Disk.decode(sent);
        assertSame(sent, from, Disk.LENGTH, disk::encode);
      }
      case INDEX -> index(sent);
      case INDEX_AND_ENTRY -> {
        index(sent);
        entry(sent);
      }
      case KILLPATH -> {
        int from = sent.position();
        Killpath killpath = Killpath.decode(sent);
        assertSame(sent, from, Killpath.LENGTH, killpath::encode);
      }
      case ACQUIRE -> acquire(header, sent);
      case RELEASE -> {
        int required = PayloadFraming.required(header, sent.slice());
        for (int i = 0; i < required / Resource.LENGTH; i++) {
          resource(sent);
        }
      }
      case VALUE_BLOCK -> {
        resource(sent);
        sent.position(sent.position() + (int) PayloadFraming.valueBlockLength(header));
      }
    }
  }

  private static void acquire(MessageHeader header, ByteBuffer sent) throws Exception {
    for (int i = 0; i < header.data(); i++) {
      if (!resourceWithDisks(sent).hasUsableDiskCount()) {
        return;
      }
    }
    int from = sent.position();
    Options options = Options.decode(sent);
    assertSame(sent, from, Options.LENGTH, options::encode);
  }

  private static void reply(ByteBuffer replies) throws Exception {
    int from = replies.position();
    MessageHeader header = MessageHeader.decode(replies);
    assertSame(replies, from, MessageHeader.LENGTH, header::encode);
    assertThat(header.version()).isEqualTo(MessageHeader.VERSION);
    Command command = Command.of(header.command()).orElse(Command.SHUTDOWN_WAIT);
    if (!replies.hasRemaining()) {
      return;
    }
    switch (command) {
      case STATUS, HOST_STATUS, RENEWAL -> states(replies);
      case READ_LOCKSPACE -> lockspace(replies);
      case READ_LOCKSPACE_HOST -> {
        lockspace(replies);
        hosts(replies, 1);
      }
      case ACQUIRE2 -> {
        // Nothing, or the owner.
        if (PayloadFraming.surplus(header, 0) > 0) {
          hosts(replies, 1);
          name(replies);
        }
      }
      case READ_RESOURCE -> resource(replies);
      case READ_RESOURCE_OWNERS -> {
        resource(replies);
        hosts(replies, header.data2());
      }
      case GET_LOCKSPACES -> {
        for (int i = 0; i < header.data2(); i++) {
          // The C daemon leaves a number of its own in the padding.
          replies.putInt(replies.position() + 60, 0);
          lockspace(replies);
        }
      }
      case GET_HOSTS -> hosts(replies, header.data2());
      case UPDATE_RINDEX, LOOKUP_RINDEX, CREATE_RESOURCE, DELETE_RESOURCE -> entry(replies);
      case INQUIRE, GET_LVB ->
          replies.position(replies.position() + PayloadFraming.surplus(header, 0));
      case LOG_DUMP -> replies.position(replies.position() + header.data());
      default -> assertThat(replies.remaining()).as("next reply").isGreaterThanOrEqualTo(32);
    }
  }

  private static void name(ByteBuffer replies) {
    byte[] field = new byte[LeaseName.FIELD_LENGTH];
    replies.get(field);
    assertThat(LeaseName.ofField(field).toField()).isEqualTo(field);
  }

  private static void states(ByteBuffer replies) throws Exception {
    while (replies.remaining() >= StateRecord.LENGTH) {
      int from = replies.position();
      if (replies.getInt(from) == MessageHeader.MAGIC) {
        return;
      }
      StateRecord state = StateRecord.decode(replies);
      assertSame(replies, from, state.encodedLength(), state::encode);
      if (state.type() == StateRecord.LOCKSPACE) {
        lockspace(replies);
      } else if (state.type() == StateRecord.RESOURCE) {
        resourceWithDisks(replies);
      }
    }
  }

  private static void hosts(ByteBuffer buffer, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      int from = buffer.position();
      Host host = Host.decode(buffer);
      assertSame(buffer, from, Host.LENGTH, host::encode);
    }
  }

  private static void lockspace(ByteBuffer buffer) throws Exception {
    int from = buffer.position();
    Lockspace lockspace = Lockspace.decode(buffer);
    assertSame(buffer, from, Lockspace.LENGTH, lockspace::encode);
  }

  private static void resource(ByteBuffer buffer) throws Exception {
    int from = buffer.position();
    Resource resource = Resource.decode(buffer);
    assertSame(buffer, from, Resource.LENGTH, resource::encodeWithoutDisks);
  }

  private static Resource resourceWithDisks(ByteBuffer buffer) throws Exception {
    int from = buffer.position();
    Resource resource = Resource.decodeWithDisks(buffer);
    assertSame(buffer, from, resource.encodedLength(), resource::encode);
    return resource;
  }

  private static void index(ByteBuffer buffer) throws Exception {
    int from = buffer.position();
    ResourceIndex index = ResourceIndex.decode(buffer);
    assertSame(buffer, from, ResourceIndex.LENGTH, index::encode);
  }

  private static void entry(ByteBuffer buffer) throws Exception {
    int from = buffer.position();
    IndexEntry entry = IndexEntry.decode(buffer);
    assertSame(buffer, from, IndexEntry.LENGTH, entry::encode);
  }

  private interface Encoder {
    void encode(ByteBuffer target);
  }

  private static String encoded(int length, Encoder encoder) {
    ByteBuffer target = ByteBuffer.allocate(length);
    encoder.encode(target);
    assertThat(target.position()).isEqualTo(length);
    return hex(target.array());
  }

  private static void assertSame(ByteBuffer original, int from, int length, Encoder encoder) {
    byte[] expected = new byte[length];
    original.get(from, expected);
    assertThat(encoded(length, encoder)).isEqualTo(hex(expected));
  }

  private static String hex(byte[] bytes) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < bytes.length; i += 16) {
      rows.add(HexFormat.of().formatHex(bytes, i, Math.min(bytes.length, i + 16)));
    }
    return String.join("\n", rows);
  }
}
