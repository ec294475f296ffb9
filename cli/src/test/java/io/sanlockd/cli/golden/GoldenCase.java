package io.sanlockd.cli.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One recorded invocation.
 *
 * @param name {@code scenario/case}
 * @param scenario cases of one scenario build on each other
 * @param setup what happens before, as recorded
 * @param argv program and arguments, with placeholders
 * @param env additional environment, with placeholders
 * @param stdout recorded text, one char for each byte
 * @param stderr recorded text
 * @param exit status, negative for a signal
 * @param volatilePatterns whose matches are deleted before comparing
 * @param quirk {@code crash}, {@code unreliable}, {@code may_improve} or empty
 * @param isTerminal recorded on a terminal
 * @param isTruncated only a part of the output is recorded
 * @param killedAfterSeconds when it was ended with SIGTERM
 * @param note what else is to be known, or empty
 */
public record GoldenCase(
    String name,
    String scenario,
    List<JsonObject> setup,
    List<String> argv,
    Map<String, String> env,
    String stdout,
    String stderr,
    int exit,
    List<String> volatilePatterns,
    String quirk,
    boolean isTerminal,
    boolean isTruncated,
    Optional<Double> killedAfterSeconds,
    String note) {

  static GoldenCase of(JsonObject json) {
    List<JsonObject> setup = new ArrayList<>();
    json.getAsJsonArray("setup").forEach(action -> setup.add(action.getAsJsonObject()));
    return new GoldenCase(
        json.get("name").getAsString(),
        json.get("scenario").getAsString(),
        setup,
        strings(json, "argv"),
        environment(json),
        json.get("stdout").getAsString(),
        json.get("stderr").getAsString(),
        json.get("exit").getAsInt(),
        strings(json, "volatile"),
        json.has("upstream_quirk") ? json.get("upstream_quirk").getAsString() : "",
        json.has("tty"),
        json.has("truncated"),
        json.has("killed_after_seconds")
            ? Optional.of(json.get("killed_after_seconds").getAsDouble())
            : Optional.empty(),
        json.has("note") ? json.get("note").getAsString() : "");
  }

  static List<String> strings(JsonObject json, String key) {
    List<String> strings = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray(key)) {
      strings.add(element.getAsString());
    }
    return strings;
  }

  static Map<String, String> environment(JsonObject json) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (json.has("env")) {
      json.getAsJsonObject("env")
          .entrySet()
          .forEach(entry -> environment.put(entry.getKey(), entry.getValue().getAsString()));
    }
    return environment;
  }
}
