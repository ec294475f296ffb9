package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Decodes every golden sector to its recorded values, and encodes it again to the same bytes. */
class GoldenDiskTest {
  private static final String ROOT = "/golden/disk/";

  @Test
  void thereAreEightyThreeGoldenFiles() {
    assertThat(index()).hasSize(83);
  }

  @TestFactory
  Stream<DynamicTest> everyGoldenFileDecodesAndEncodes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonElement element : index()) {
      JsonObject file = element.getAsJsonObject();
      String name = file.get("file").getAsString();
      tests.add(DynamicTest.dynamicTest(name, () -> check(file, bytesOf(name))));
    }
    return tests.stream();
  }

  private static void check(JsonObject file, byte[] excerpt) {
    // One excerpt is a single sector and numbers it from the start of the area.
    byte[] bytes = excerpt;
    if (file.get("file").getAsString().contains("hostblock1-head512")) {
      int before = file.get("image_offset").getAsInt() % file.get("align_size").getAsInt();
      bytes = new byte[before + excerpt.length];
      System.arraycopy(excerpt, 0, bytes, before, excerpt.length);
    }
    int sectorSize = file.get("sector_size").getAsInt();
    BytesStore<?, ?> store = BytesStore.wrap(bytes);
    for (JsonElement element : file.getAsJsonArray("records")) {
      JsonObject expected = element.getAsJsonObject();
      switch (expected.get("type").getAsString()) {
        case "delta_leader", "paxos_leader" -> checkLeader(expected, store, sectorSize);
        case "host_block" -> checkHostBlock(expected, store, sectorSize);
        case "request_record" -> checkRequest(expected, store, sectorSize);
        case "rindex_header" -> checkIndexHeader(expected, store, sectorSize);
        case "rindex_entry" -> checkIndexEntry(expected, store);
        case "zero" -> checkZero(bytes, offset(expected, sectorSize), sectorSize);
        case "raw" -> assertThat(hex(bytes, 64)).isEqualTo(expected.get("first64").getAsString());
        default -> throw new AssertionError("unknown record type in " + expected);
      }
    }
  }

  private static void checkLeader(JsonObject expected, BytesStore<?, ?> store, int sectorSize) {
    int offset = offset(expected, sectorSize);
    LeaderRecord leader = LeaderRecord.decode(store, offset);
    assertThat(leader.magic()).isEqualTo(word(expected, "magic"));
    assertThat(leader.version()).isEqualTo(word(expected, "version"));
    assertThat(leader.flags()).isEqualTo(word(expected, "flags"));
    assertThat(leader.sectorSize()).isEqualTo(expected.get("sector_size").getAsInt());
    assertThat(leader.numHosts()).isEqualTo(number(expected, "num_hosts"));
    assertThat(leader.maxHosts()).isEqualTo(number(expected, "max_hosts"));
    assertThat(leader.ownerId()).isEqualTo(number(expected, "owner_id"));
    assertThat(leader.ownerGeneration()).isEqualTo(number(expected, "owner_generation"));
    assertThat(leader.lver()).isEqualTo(number(expected, "lver"));
    assertThat(leader.spaceName().text()).isEqualTo(expected.get("space_name").getAsString());
    assertThat(leader.resourceName().text()).isEqualTo(expected.get("resource_name").getAsString());
    assertThat(leader.timestamp()).isEqualTo(number(expected, "timestamp"));
    assertThat(leader.unused1()).isEqualTo(number(expected, "unused1"));
    assertThat(leader.unused2()).isEqualTo(expected.get("unused2").getAsInt());
    assertThat(leader.ioTimeout()).isEqualTo(expected.get("io_timeout").getAsInt());
    assertThat(leader.writeId()).isEqualTo(number(expected, "write_id"));
    assertThat(leader.writeGeneration()).isEqualTo(number(expected, "write_generation"));
    assertThat(leader.writeTimestamp()).isEqualTo(number(expected, "write_timestamp"));
    assertThat(leader.checksum()).isEqualTo(word(expected, "checksum"));
    assertThat(LeaderRecord.checksumValid(store, offset))
        .isEqualTo(expected.get("checksum_valid").getAsBoolean());
    assertThat(leader.sealed()).isEqualTo(leader);
    List<Integer> hosts = new ArrayList<>();
    if (expected.get("type").getAsString().equals("delta_leader")) {
      for (int hostId = 1; hostId <= 2000; hostId++) {
        if (HostBitmap.isSet(store, offset, hostId)) {
          hosts.add(hostId);
        }
      }
    }
    assertThat(hosts).isEqualTo(intList(expected.getAsJsonArray("bitmap_host_ids")));
    BytesStore<?, ?> again = BytesStore.wrap(new byte[LeaderRecord.LENGTH]);
    leader.encode(again, 0);
    assertSameBytes(store, offset, again, LeaderRecord.LENGTH);
  }

  private static void checkHostBlock(JsonObject expected, BytesStore<?, ?> store, int sectorSize) {
    int offset = offset(expected, sectorSize);
    HostBlock block = HostBlock.decode(store, offset);
    Dblock dblock = block.dblock();
    assertThat(dblock.mbal()).isEqualTo(number(expected, "mbal"));
    assertThat(dblock.bal()).isEqualTo(number(expected, "bal"));
    assertThat(dblock.inp()).isEqualTo(number(expected, "inp"));
    assertThat(dblock.inp2()).isEqualTo(number(expected, "inp2"));
    assertThat(dblock.inp3()).isEqualTo(number(expected, "inp3"));
    assertThat(dblock.lver()).isEqualTo(number(expected, "lver"));
    assertThat(dblock.checksum()).isEqualTo(word(expected, "checksum"));
    assertThat(dblock.flags()).isEqualTo(word(expected, "flags"));
    assertThat(Dblock.validAt(store, offset))
        .isEqualTo(expected.get("checksum_valid").getAsBoolean());
    assertThat(block.mode().flags()).isEqualTo(word(expected, "mode_flags"));
    assertThat(block.mode().generation()).isEqualTo(number(expected, "mode_generation"));
    assertThat(
            Dblock.of(
                dblock.mbal(),
                dblock.bal(),
                dblock.inp(),
                dblock.inp2(),
                dblock.inp3(),
                dblock.lver(),
                dblock.flags()))
        .isEqualTo(dblock);
    BytesStore<?, ?> again = BytesStore.wrap(new byte[sectorSize]);
    block.encode(again, 0);
    assertSameBytes(store, offset, again, 56);
    assertSameBytes(store, offset + 128, BytesStore.wrap(slice(again, 128, 4)), 4);
    assertSameBytes(store, offset + 136, BytesStore.wrap(slice(again, 136, 8)), 8);
  }

  private static void checkRequest(JsonObject expected, BytesStore<?, ?> store, int sectorSize) {
    int offset = offset(expected, sectorSize);
    RequestRecord request = RequestRecord.decode(store, offset);
    assertThat(request.magic()).isEqualTo(word(expected, "magic"));
    assertThat(request.version()).isEqualTo(word(expected, "version"));
    assertThat(request.lver()).isEqualTo(number(expected, "lver"));
    assertThat(request.forceMode()).isEqualTo(expected.get("force_mode").getAsInt());
    BytesStore<?, ?> again = BytesStore.wrap(new byte[sectorSize]);
    request.encode(again, 0);
    assertSameBytes(store, offset, again, 20);
  }

  private static void checkIndexHeader(
      JsonObject expected, BytesStore<?, ?> store, int sectorSize) {
    int offset = offset(expected, sectorSize);
    IndexHeader header = IndexHeader.decode(store, offset);
    assertThat(header.magic()).isEqualTo(word(expected, "magic"));
    assertThat(header.version()).isEqualTo(word(expected, "version"));
    assertThat(header.flags()).isEqualTo(word(expected, "flags"));
    assertThat(header.sectorSize()).isEqualTo(expected.get("sector_size").getAsInt());
    assertThat(header.maxResources()).isEqualTo(expected.get("max_resources").getAsInt());
    assertThat(header.unused()).isEqualTo(expected.get("unused").getAsInt());
    assertThat(header.indexOffset()).isEqualTo(number(expected, "rx_offset"));
    assertThat(header.lockspaceName().text())
        .isEqualTo(expected.get("lockspace_name").getAsString());
    BytesStore<?, ?> again = BytesStore.wrap(new byte[sectorSize]);
    header.encode(again, 0);
    assertSameBytes(store, offset, again, 80);
  }

  private static void checkIndexEntry(JsonObject expected, BytesStore<?, ?> store) {
    int offset = expected.get("byte").getAsInt();
    IndexEntry entry = IndexEntry.decode(store, offset);
    assertThat(entry.resourceOffset()).isEqualTo(number(expected, "res_offset"));
    assertThat(entry.flags()).isEqualTo(word(expected, "flags"));
    assertThat(entry.unused()).isEqualTo(expected.get("unused").getAsInt());
    assertThat(entry.name().text()).isEqualTo(expected.get("name").getAsString());
    assertThat(entry.isFree()).isEqualTo(entry.resourceOffset() == 0 && entry.name().isEmpty());
    BytesStore<?, ?> again = BytesStore.wrap(new byte[IndexEntry.LENGTH]);
    entry.encode(again, 0);
    assertSameBytes(store, offset, again, IndexEntry.LENGTH);
  }

  private static void checkZero(byte[] bytes, int offset, int sectorSize) {
    assertThat(Arrays.copyOfRange(bytes, offset, offset + sectorSize)).containsOnly(0);
  }

  private static void assertSameBytes(
      BytesStore<?, ?> golden, int offset, BytesStore<?, ?> ours, int length) {
    assertThat(slice(ours, 0, length)).isEqualTo(slice(golden, offset, length));
  }

  private static byte[] slice(BytesStore<?, ?> store, int offset, int length) {
    byte[] bytes = new byte[length];
    Fields.readBytes(store, offset, bytes);
    return bytes;
  }

  private static int offset(JsonObject expected, int sectorSize) {
    return expected.get("sector").getAsInt() * sectorSize;
  }

  private static int word(JsonObject record, String field) {
    String text = record.get(field).getAsString();
    return text.startsWith("0x")
        ? Integer.parseUnsignedInt(text.substring(2), 16)
        : Integer.parseInt(text);
  }

  private static long number(JsonObject record, String field) {
    return record.get(field).getAsLong();
  }

  private static List<Integer> intList(JsonArray array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(element -> numbers.add(element.getAsInt()));
    return numbers;
  }

  private static String hex(byte[] bytes, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(Character.forDigit(bytes[i] >> 4 & 0xf, 16));
      text.append(Character.forDigit(bytes[i] & 0xf, 16));
    }
    return text.toString();
  }

  private static JsonArray index() {
    try (Reader reader = new InputStreamReader(resource("golden.json"), StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytesOf(String file) {
    try (InputStream stream = resource(file)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String file) {
    InputStream stream = GoldenDiskTest.class.getResourceAsStream(ROOT + file);
    assertThat(stream).as("golden file %s", file).isNotNull();
    return stream;
  }
}
