package io.sanlockd.cli.golden;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The recorded cases and the list of those where we differ on purpose. */
public final class GoldenCases {
  private GoldenCases() {}

  /** Cases by scenario, both in the order of the file. */
  public static Map<String, List<GoldenCase>> byScenario() {
    Map<String, List<GoldenCase>> scenarios = new LinkedHashMap<>();
    Map<String, String> alsoVolatile = alsoVolatile();
    for (var element : read("/golden/cases.json").getAsJsonArray("cases")) {
      GoldenCase golden = GoldenCase.of(element.getAsJsonObject());
      String pattern = alsoVolatile.get(golden.name());
      if (pattern != null) {
        golden.volatilePatterns().add(pattern);
      }
      scenarios.computeIfAbsent(golden.scenario(), name -> new ArrayList<>()).add(golden);
    }
    return scenarios;
  }

  /** What our command line does instead, by case name. */
  public static Map<String, Difference> differences() {
    return differences("/golden/differences.json");
  }

  /** The differences that a file on the class path lists, by case name. */
  public static Map<String, Difference> differences(String resource) {
    Map<String, Difference> differences = new LinkedHashMap<>();
    for (var element : read(resource).getAsJsonArray("differences")) {
      JsonObject json = element.getAsJsonObject();
      for (String name : GoldenCase.strings(json, "cases")) {
        differences.put(
            name,
            new Difference(
                json.get("reason").getAsString(),
                json.get("stdout_pattern").getAsString(),
                Optional.ofNullable(json.get("stderr_pattern")).map(JsonElement::getAsString),
                json.get("exit").getAsInt()));
      }
    }
    return differences;
  }

  /** The rewrites that a file on the class path lists, by case name and in its order. */
  public static Map<String, List<Rewrite>> rewrites(String resource) {
    Map<String, List<Rewrite>> rewrites = new LinkedHashMap<>();
    for (var element : read(resource).getAsJsonArray("rewrites")) {
      JsonObject json = element.getAsJsonObject();
      Rewrite rewrite =
          new Rewrite(
              json.get("reason").getAsString(),
              Pattern.compile(json.get("pattern").getAsString()),
              json.get("replacement").getAsString());
      for (String name : GoldenCase.strings(json, "cases")) {
        rewrites.computeIfAbsent(name, unused -> new ArrayList<>()).add(rewrite);
      }
    }
    return rewrites;
  }

  /** Volatile parts that the recording does not list, by case name. */
  private static Map<String, String> alsoVolatile() {
    Map<String, String> patterns = new LinkedHashMap<>();
    for (var element : read("/golden/differences.json").getAsJsonArray("volatile")) {
      JsonObject json = element.getAsJsonObject();
      for (String name : GoldenCase.strings(json, "cases")) {
        patterns.put(name, json.get("pattern").getAsString());
      }
    }
    return patterns;
  }

  /**
   * A deliberate difference.
   *
   * @param reason why
   * @param stdoutPattern regular expression of what we print instead, with placeholders
   * @param stderrPattern the same for standard error; empty: not looked at
   * @param exit our status
   */
  public record Difference(
      String reason, String stdoutPattern, Optional<String> stderrPattern, int exit) {}

  /**
   * A deliberate difference in a part of what is printed: after it our text must be the recorded
   * one, before it not.
   *
   * @param reason why
   * @param pattern what we print
   * @param replacement what was recorded in its place
   */
  public record Rewrite(String reason, Pattern pattern, String replacement) {
    Outcome apply(Outcome outcome) {
      return new Outcome(
          pattern.matcher(outcome.stdout()).replaceAll(replacement),
          pattern.matcher(outcome.stderr()).replaceAll(replacement),
          outcome.exit());
    }
  }

  private static JsonObject read(String resource) {
    try (InputStream stream = GoldenCases.class.getResourceAsStream(resource);
        Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
