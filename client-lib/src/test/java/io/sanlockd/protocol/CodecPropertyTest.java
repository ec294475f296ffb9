package io.sanlockd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever arrives, decoding gives a value or the named error; values survive a round trip. */
class CodecPropertyTest {
  private interface Decoder {
    Object decode(ByteBuffer source) throws ProtocolException;
  }

  private static final List<Decoder> DECODERS =
      List.of(
          MessageHeader::decode,
          Disk::decode,
          Resource::decode,
          Resource::decodeWithDisks,
          Lockspace::decode,
          Options::decode,
          Host::decode,
          HostEvent::decode,
          ResourceIndex::decode,
          IndexEntry::decode,
          StateRecord::decode,
          EventMessage::decode,
          Killpath::decode);

  @Property
  void decodingArbitraryBytesThrowsNothingButTheNamedError(
      @ForAll @Size(max = 5000) byte[] bytes, @ForAll boolean bigEndian) {
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    for (Decoder decoder : DECODERS) {
      try {
        assertThat(decoder.decode(ByteBuffer.wrap(bytes).order(order))).isNotNull();
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Property
  void framingNeverLeavesItsBounds(
      @ForAll @IntRange(min = -5, max = 50) int command,
      @ForAll int flags,
      @ForAll int length,
      @ForAll int data,
      @ForAll @Size(max = 3000) byte[] payload) {
    MessageHeader header = new MessageHeader(1, command, flags, length, 0, data, 0);
    int required = PayloadFraming.required(header, ByteBuffer.wrap(payload));
    assertThat(required).isBetween(PayloadFraming.TOO_LARGE, PayloadFraming.MAX_PAYLOAD);
    assertThat(PayloadFraming.surplus(header, Math.max(0, required)))
        .isBetween(0, PayloadFraming.MAX_PAYLOAD);
  }

  @Property
  void framingOfAnAcquireIsTheSameForEverySplitOfItsBytes(
      @ForAll("acquires") List<Resource> resources,
      @ForAll @IntRange(min = 1, max = 700) int step) {
    int length = resources.stream().mapToInt(Resource::encodedLength).sum() + Options.LENGTH;
    ByteBuffer bytes = ByteBuffer.allocate(length + 64);
    resources.forEach(resource -> resource.encode(bytes));
    MessageHeader header =
        MessageHeader.request(
            Command.ACQUIRE, 0, length, resources.size(), MessageHeader.THIS_CONNECTION);
    int arrived = 0;
    int before = 0;
    int required = PayloadFraming.required(header, ByteBuffer.wrap(bytes.array(), 0, 0));
    while (arrived < required) {
      assertThat(required).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(length);
      before = required;
      arrived += step;
      int limit = Math.min(arrived, bytes.capacity());
      required = PayloadFraming.required(header, ByteBuffer.wrap(bytes.array(), 0, limit));
    }
    assertThat(required).isEqualTo(length);
  }

  @Property
  void headersSurviveARoundTrip(
      @ForAll int version,
      @ForAll int command,
      @ForAll int flags,
      @ForAll int length,
      @ForAll int sequence,
      @ForAll int data,
      @ForAll int data2)
      throws ProtocolException {
    MessageHeader header =
        new MessageHeader(version, command, flags, length, sequence, data, data2);
    ByteBuffer bytes = ByteBuffer.allocate(MessageHeader.LENGTH);
    header.encode(bytes);
    assertThat(MessageHeader.decode(bytes.flip())).isEqualTo(header);
  }

  @Property
  void resourcesSurviveARoundTrip(@ForAll("resources") Resource resource) throws ProtocolException {
    ByteBuffer bytes = ByteBuffer.allocate(resource.encodedLength());
    resource.encode(bytes);
    assertThat(Resource.decodeWithDisks(bytes.flip())).isEqualTo(resource);
  }

  @Property
  void lockspacesSurviveARoundTrip(
      @ForAll("names") LeaseName name,
      @ForAll long hostId,
      @ForAll int flags,
      @ForAll("disks") Disk disk)
      throws ProtocolException {
    Lockspace lockspace = new Lockspace(name, hostId, flags, disk);
    ByteBuffer bytes = ByteBuffer.allocate(Lockspace.LENGTH);
    lockspace.encode(bytes);
    assertThat(Lockspace.decode(bytes.flip())).isEqualTo(lockspace);
  }

  @Property
  void statesSurviveARoundTrip(
      @ForAll int type,
      @ForAll int data32,
      @ForAll long data64,
      @ForAll("names") LeaseName name,
      @ForAll("byteTexts") String text)
      throws ProtocolException {
    StateRecord state = new StateRecord(type, data32, data64, name, text);
    ByteBuffer bytes = ByteBuffer.allocate(state.encodedLength());
    state.encode(bytes);
    assertThat(StateRecord.decode(bytes.flip())).isEqualTo(state);
  }

  @Property
  void eventsAndHostsSurviveARoundTrip(
      @ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d, @ForAll int e)
      throws ProtocolException {
    EventMessage message = new EventMessage(new HostEvent(a, b, c, d), b, c);
    ByteBuffer bytes = ByteBuffer.allocate(EventMessage.LENGTH + Host.LENGTH);
    Host host = new Host(a, b, c, e, e);
    message.encode(bytes);
    host.encode(bytes);
    bytes.flip();
    assertThat(EventMessage.decode(bytes)).isEqualTo(message);
    assertThat(Host.decode(bytes)).isEqualTo(host);
  }

  @Property
  void parsingAnyTextGivesALeaseOrANumberedError(@ForAll("byteTexts") String text) {
    try {
      Resource resource = ResourceText.parseArgument(text);
      assertThat(resource.disks()).hasSize(resource.numDisks());
    } catch (TextFormatException e) {
      assertThat(e.number()).isIn(-1, -2, -6);
    }
    assertThat(LockspaceText.parseArgument(text, Lockspace.NONE)).isNotNull();
    assertThat(IndexText.parseIndex(text)).isNotNull();
    assertThat(IndexText.parseEntry(text)).isNotNull();
  }

  @Property
  void leasesSurviveTheirStateText(@ForAll("plainLeases") List<Resource> leases)
      throws TextFormatException {
    assertThat(StateText.parse(StateText.format(leases))).isEqualTo(leases);
  }

  @Provide
  Arbitrary<LeaseName> names() {
    return Arbitraries.strings()
        .withCharRange((char) 1, (char) 255)
        .ofMaxLength(48)
        .map(LeaseName::of);
  }

  @Provide
  Arbitrary<String> byteTexts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withCharRange((char) 1, (char) 255).ofMaxLength(1500),
        Arbitraries.strings().withChars(":\\ M0x7aSH-").ofMaxLength(60));
  }

  @Provide
  Arbitrary<Disk> disks() {
    return Combinators.combine(
            Arbitraries.strings().withCharRange((char) 1, (char) 255).ofMaxLength(1023),
            Arbitraries.longs(),
            Arbitraries.integers())
        .as((path, offset, pad) -> new Disk(path, offset, pad, ~pad));
  }

  @Provide
  Arbitrary<Resource> resources() {
    return Combinators.combine(
            names(),
            names(),
            Arbitraries.longs(),
            Arbitraries.longs(),
            Arbitraries.integers(),
            Arbitraries.integers(),
            disks().list().ofMinSize(1).ofMaxSize(4))
        .as(
            (space, name, lver, data64, data32, flags, disks) ->
                new Resource(space, name, lver, data64, data32, flags, disks.size(), disks));
  }

  @Provide
  Arbitrary<List<Resource>> acquires() {
    return resources().list().ofMaxSize(8);
  }

  @Provide
  Arbitrary<List<Resource>> plainLeases() {
    Arbitrary<LeaseName> plainNames =
        Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(48).map(LeaseName::of);
    Arbitrary<Disk> plainDisks =
        Combinators.combine(
                Arbitraries.strings().withChars("/ab: .").ofMinLength(1).ofMaxLength(30),
                Arbitraries.longs())
            .as(Disk::new);
    return Combinators.combine(
            plainNames,
            plainNames,
            plainDisks.list().ofMinSize(1).ofMaxSize(4),
            Arbitraries.longs(),
            Arbitraries.of(true, false))
        .as(
            (space, name, disks, lver, shared) ->
                shared
                    ? Resource.on(space, name, disks).withFlags(ResourceFlags.SHARED)
                    : Resource.on(space, name, disks).withFlags(ResourceFlags.LVER).withLver(lver))
        .list()
        .ofMaxSize(6);
  }
}
