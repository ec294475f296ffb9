package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.Test;

/** Whatever is in a sector, reading it gives values that can be written back, or a verdict. */
class SectorFuzzTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final int SECTOR = 512;
  private static final int FIRST_FREE_FLAG_BIT = 8;

  /** The distinct golden sectors; of a 4096-byte sector the part that holds records. */
  private static List<byte[]> sectors() throws IOException {
    List<byte[]> sectors = new ArrayList<>();
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".bin")).sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at + SECTOR <= Math.min(bytes.length, 4 * SECTOR); at += SECTOR) {
          sectors.add(Arrays.copyOfRange(bytes, at, at + SECTOR));
        }
      }
    }
    return sectors;
  }

  @Test
  void everyCodecTakesEverySector() throws IOException {
    List<byte[]> golden = sectors();
    assertThat(golden).hasSizeGreaterThan(100);
    Fuzz.run("sectors", 20_000, input -> read(input, golden));
  }

  private static void read(Input input, List<byte[]> golden) {
    byte[] original = input.onceIn(10) ? input.bytes(SECTOR) : input.oneOf(golden);
    byte[] bytes = input.working(input.onceIn(50) ? original : input.damaged(original));
    BytesStore<?, ?> store = BytesStore.wrap(bytes);
    if (input.onceIn(2)) {
      // With a right checksum more of it is looked at.
      LeaderRecord.decode(store, 0).sealed().encode(store, 0);
    }
    LeaderRecord leader = LeaderRecord.decode(store, 0);
    again(leader::encode, LeaderRecord::decode, 0, leader);
    LeaseName space = input.onceIn(4) ? LeaseName.of("LS") : leader.spaceName();
    long hostId = input.number();
    LeaderCheck.Verdict delta = LeaderCheck.delta(store, 0, space);
    LeaderCheck.Verdict paxos = LeaderCheck.paxos(store, 0, space, leader.resourceName(), hostId);
    LeaderCheck.Verdict deltaUse = LeaderCheck.deltaForUse(store, 0, space);
    LeaderCheck.Verdict paxosUse =
        LeaderCheck.paxosForUse(store, 0, space, leader.resourceName(), hostId);
    assertThat(deltaUse.valid()).isEqualTo(deltaUse.valid() && delta.valid());
    assertThat(paxosUse.valid()).isEqualTo(paxosUse.valid() && paxos.valid());
    if (deltaUse.valid()) {
      assertThat(leader.flags() & (FormatFlags.CAW | FormatFlags.NO_TIMEOUT | FormatFlags.DEAD_EXT))
          .isZero();
    }
    if (paxosUse.valid()) {
      assertThat(leader.flags() & FormatFlags.CAW).isZero();
      if (FormatVersion.major(leader.version()) != FormatVersion.major(FormatVersion.PAXOS)) {
        assertThat(leader.flags() >>> FIRST_FREE_FLAG_BIT).isZero();
      }
      LeaderCheck.paxosSizes(leader);
    }
    otherRecords(input, store);
  }

  private static void otherRecords(Input input, BytesStore<?, ?> store) {
    HostBlock block = HostBlock.decode(store, 0);
    boolean valid = Dblock.validAt(store, 0);
    Dblock dblock = block.dblock();
    Dblock sealed =
        Dblock.of(
            dblock.mbal(),
            dblock.bal(),
            dblock.inp(),
            dblock.inp2(),
            dblock.inp3(),
            dblock.lver(),
            dblock.flags());
    assertThat(valid || sealed.checksum() != dblock.checksum()).isTrue();
    again(dblock::encode, Dblock::decode, 0, dblock);
    RequestRecord request = RequestRecord.decode(store, 0);
    again(request::encode, RequestRecord::decode, 0, request);
    IndexHeader header = IndexHeader.decode(store, 0);
    again(header::encode, IndexHeader::decode, 0, header);
    int at = input.below(SECTOR / IndexEntry.LENGTH) * IndexEntry.LENGTH;
    IndexEntry entry = IndexEntry.decode(store, at);
    again(entry::encode, IndexEntry::decode, at, entry);
    HostBitmap.isSet(store, 0, 1L + input.below(2000));
  }

  private interface Encoder {
    void encode(BytesStore<?, ?> target, long offset);
  }

  private interface Decoder {
    Object decode(BytesStore<?, ?> source, long offset);
  }

  /** What was read can be written and read again; bytes behind the end of a name do not count. */
  private static void again(Encoder encoder, Decoder decoder, long offset, Object value) {
    BytesStore<?, ?> again = BytesStore.wrap(new byte[SECTOR]);
    encoder.encode(again, offset);
    assertThat(decoder.decode(again, offset)).isEqualTo(value);
  }
}
