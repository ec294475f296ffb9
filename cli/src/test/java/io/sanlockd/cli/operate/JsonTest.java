package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void everyCharacterSurvives() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x2100; c++) {
      all.append(c);
    }
    String text = Json.write(Json.object("k", all.toString()));
    JsonObject read = JsonParser.parseString(text).getAsJsonObject();
    assertThat(read.get("k").getAsString()).isEqualTo(all.toString());
    assertThat(text).doesNotContain("\n");
  }

  @Test
  void valuesOfAllKindsAreWritten() {
    assertThat(
            Json.write(
                Json.object(
                    "a", List.of(1, 2.5, true), "b", null, "c", Json.unsigned(-1), "d", List.of())))
        .isEqualTo("{\"a\":[1,2.5,true],\"b\":null,\"c\":18446744073709551615,\"d\":[]}");
  }

  @Test
  void bytesThatAreNoUtf8StayReadable() {
    assertThat(Bytes.toUnicode(Bytes.of("größer"))).isEqualTo("größer");
    assertThat(Bytes.toUnicode("\u00ff\u00fe")).isEqualTo("\u00ff\u00fe");
  }
}
