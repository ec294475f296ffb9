package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sectors written by sanlock 5.1.1: read to their recorded values, used only where we may. */
class NewerFormatsGoldenTest {
  private static final String ROOT = "/golden/v5/disk/";

  @Test
  void thereAreTwentySixGoldenFiles() {
    assertThat(expected()).hasSize(26);
  }

  @TestFactory
  Stream<DynamicTest> everySectorDecodesToItsRecordedValuesAndEncodesToItsBytes() {
    return expected().entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(), () -> check(file.getKey(), file.getValue())));
  }

  private static void check(String head, List<String> lines) {
    String[] words = head.split(" ", -1);
    int sectorSize = Integer.parseInt(words[1]);
    byte[] bytes = bytesOf(words[0]);
    assertThat(bytes).hasSize(lines.size() * sectorSize);
    BytesStore<?, ?> store = BytesStore.wrap(bytes);
    List<String> found = new ArrayList<>();
    for (int sector = 0; sector < lines.size(); sector++) {
      found.add("[" + sector + "] " + describe(store, (long) sector * sectorSize, sector));
    }
    assertThat(found).isEqualTo(lines);
  }

  private static String describe(BytesStore<?, ?> store, long offset, int sector) {
    switch (LeaderRecord.magicAt(store, offset)) {
      case Magic.DELTA, Magic.PAXOS, Magic.PAXOS_CLEARED -> {
        return leader(store, offset);
      }
      case Magic.REQUEST -> {
        RequestRecord request = RequestRecord.decode(store, offset);
        return "request version 0x"
            + Integer.toHexString(request.version())
            + " lver "
            + request.lver()
            + " mode "
            + request.forceMode();
      }
      default -> {
        if (sector == 0) {
          return "lvb b'" + new String(value(store, offset), StandardCharsets.UTF_8) + "'";
        }
        HostBlock block = HostBlock.decode(store, offset);
        return block.equals(HostBlock.CLEARED) ? "zero" : hostBlock(store, offset, sector - 1);
      }
    }
  }

  private static String leader(BytesStore<?, ?> store, long offset) {
    LeaderRecord leader = LeaderRecord.decode(store, offset);
    BytesStore<?, ?> again = BytesStore.wrap(new byte[LeaderRecord.LENGTH]);
    leader.encode(again, 0);
    for (int i = 0; i < LeaderRecord.LENGTH; i++) {
      assertThat(again.readByte(i)).isEqualTo(store.readByte(offset + i));
    }
    assertThat(leader.sealed()).isEqualTo(leader);
    return String.format(
        "leader magic 0x%08x version 0x%05x flags 0x%x ss %d num_hosts %d max_hosts %d owner %d"
            + " gen %d lver %d space \"%s\" name \"%s\" ts %d unused1 0x%x cksum 0x%08x (%s)"
            + " io_timeout %d extra/write %d/%d/%d",
        leader.magic(),
        leader.version(),
        leader.flags(),
        leader.sectorSize(),
        leader.numHosts(),
        leader.maxHosts(),
        leader.ownerId(),
        leader.ownerGeneration(),
        leader.lver(),
        leader.spaceName().text(),
        leader.resourceName().text(),
        leader.timestamp(),
        leader.unused1(),
        leader.checksum(),
        LeaderRecord.checksumValid(store, offset) ? "ok" : "bad",
        leader.ioTimeout(),
        leader.writeId(),
        leader.writeGeneration(),
        leader.writeTimestamp());
  }

  private static String hostBlock(BytesStore<?, ?> store, long offset, int hostId) {
    HostBlock block = HostBlock.decode(store, offset);
    Dblock dblock = block.dblock();
    return String.format(
        "host block %d mbal %d bal %d inp %d/%d/%d lver %d cksum 0x%08x (%s) flags 0x%x mode 0x%x"
            + " gen %d; other non-zero bytes 0",
        hostId,
        dblock.mbal(),
        dblock.bal(),
        dblock.inp(),
        dblock.inp2(),
        dblock.inp3(),
        dblock.lver(),
        dblock.checksum(),
        Dblock.validAt(store, offset) ? "ok" : "bad",
        dblock.flags(),
        block.mode().flags(),
        block.mode().generation());
  }

  private static byte[] value(BytesStore<?, ?> store, long offset) {
    int length = 0;
    while (store.readByte(offset + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    Fields.readBytes(store, offset, bytes);
    return bytes;
  }

  private static ResultCode deltaUse(String file, String space) {
    return LeaderCheck.deltaForUse(BytesStore.wrap(bytesOf(file)), 0, LeaseName.of(space)).code();
  }

  private static ResultCode paxosUse(String file, String space) {
    BytesStore<?, ?> area = BytesStore.wrap(bytesOf(file));
    LeaseName resource = LeaderRecord.decode(area, 0).resourceName();
    return LeaderCheck.paxosForUse(area, 0, LeaseName.of(space), resource, 1).code();
  }

  @Test
  void plainLeasesOfNewerFormatsMayBeUsed() {
    assertThat(deltaUse("v34-512-lockspace-init-by-511.bin", "GOLD3")).isEqualTo(ResultCode.OK);
    assertThat(deltaUse("v5-512-lockspace-host1-host2.bin", "GOLD5")).isEqualTo(ResultCode.OK);
    assertThat(deltaUse("v5-4096-lockspace-init.bin", "GOLD4K")).isEqualTo(ResultCode.OK);
    assertThat(paxosUse("v64-512-resource-init-by-511.bin", "GOLD3")).isEqualTo(ResultCode.OK);
    assertThat(paxosUse("v5-512-resource-ex-held-host1.bin", "GOLD5")).isEqualTo(ResultCode.OK);
    assertThat(paxosUse("v5-4096-resource-init.bin", "GOLD4K")).isEqualTo(ResultCode.OK);
  }

  @Test
  void leasesWithoutTimeoutOrDeclaredDeadAreReadButNotUsed() {
    for (String file :
        List.of(
            "v5-512-notimeout-host3-unreleased.bin",
            "v5-512-notimeout-host3-dead-ext.bin",
            "v5-512-notimeout-host78-dead-ext-from-host2.bin")) {
      BytesStore<?, ?> store = BytesStore.wrap(bytesOf(file));
      assertThat(LeaderCheck.delta(store, 0, LeaseName.of("N5")).code()).isEqualTo(ResultCode.OK);
      assertThat(deltaUse(file, "N5")).as(file).isEqualTo(ResultCode.LEADER_VERSION);
    }
    assertThat(deltaUse("v40-512-lockspace-notimeout-init.bin", "GOLD4"))
        .isEqualTo(ResultCode.LEADER_VERSION);
  }

  @Test
  void compareAndWriteIsAHardStop() {
    BytesStore<?, ?> caw = BytesStore.wrap(bytesOf("v5-512-resource-caw-flag.bin"));
    assertThat(LeaderCheck.paxos(caw, 0, LeaseName.of("V5"), LeaseName.EMPTY, 1).valid()).isTrue();
    assertThat(paxosUse("v5-512-resource-caw-flag.bin", "V5")).isEqualTo(ResultCode.CAW_OPEN);
    assertThat(deltaUse("v5-512-init-host-notimeout-caw.bin", "GOLDN"))
        .isEqualTo(ResultCode.CAW_OPEN);
  }

  @Test
  void aClearedLeaseIsNoLeaseInNewerFormatsEither() {
    assertThat(paxosUse("v5-512-resource-clear.bin", "GOLD5")).isEqualTo(ResultCode.LEADER_MAGIC);
  }

  /** File name and sector size, then one line for each sector. */
  private static Map<String, List<String>> expected() {
    Map<String, List<String>> files = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    for (String line :
        new String(bytesOf("expected.txt"), StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith("[")) {
        lines.add(line);
      } else {
        lines = new ArrayList<>();
        files.put(line, lines);
      }
    }
    return files;
  }

  private static byte[] bytesOf(String file) {
    try (InputStream stream = NewerFormatsGoldenTest.class.getResourceAsStream(ROOT + file)) {
      assertThat(stream).as("golden file %s", file).isNotNull();
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
