package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import java.util.Arrays;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameMatcherTest {
  private static final int OFFSET = 104;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 15, 16, 17, 47, 48})
  void comparesEveryByteUpToTheFirstZero(int length) {
    LeaseName name = LeaseName.of("abcdefghijkl".repeat(4).substring(0, length));
    NameMatcher matcher = new NameMatcher(name);
    byte[] field = name.toField();
    assertThat(matches(matcher, field)).isTrue();
    for (int i = 0; i < field.length; i++) {
      byte[] other = field.clone();
      other[i] ^= (byte) 0x80;
      assertThat(matches(matcher, other)).as("byte " + i + " differs").isEqualTo(i > length);
    }
  }

  private static boolean matches(NameMatcher matcher, byte[] field) {
    BytesStore<?, ?> store = BytesStore.wrap(new byte[OFFSET + LeaderRecord.LENGTH]);
    store.write(OFFSET, Arrays.copyOf(field, LeaseName.FIELD_LENGTH));
    return matcher.matches(store, OFFSET);
  }
}
