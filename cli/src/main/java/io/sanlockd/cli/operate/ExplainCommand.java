package io.sanlockd.cli.operate;

import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sanlock explain}: what a result of a request means and what to do next. */
@Command(
    name = "sanlock explain",
    description = {
      "Explains results of requests: the numbers that \"done\" lines, the log and programs report.",
      "Needs no daemon."
    },
    footer = {
      "",
      "Examples:",
      "  sanlock explain -243",
      "  sanlock explain ACQUIRE_IDLIVE",
      "  sanlock explain              lists all results"
    })
final class ExplainCommand implements Callable<Integer> {
  private static final String C_PREFIX = "SANLK_";
  private static final int FIRST_LEASE_CODE = -200;

  private final Setting setting;

  @Option(names = "--json", description = "Prints JSON (docs/json.md).")
  private boolean wantsJson;

  @Parameters(
      paramLabel = "CODE|NAME",
      arity = "0..*",
      description = "A number, its sign does not matter, or a name, with or without SANLK_.")
  private List<String> asked = new ArrayList<>();

  ExplainCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    List<ResultCode> found = new ArrayList<>();
    int status = ExitStatus.GOOD;
    for (String word : asked) {
      Optional<ResultCode> code = find(word);
      if (code.isPresent()) {
        found.add(code.get());
      } else {
        setting.console().error("sanlock: " + unknown(word));
        status = ExitStatus.USAGE;
      }
    }
    if (asked.isEmpty()) {
      found.addAll(List.of(ResultCode.values()));
    }
    if (wantsJson) {
      List<Object> all = new ArrayList<>();
      found.forEach(code -> all.add(json(code)));
      setting.console().line(Json.document("explain", status, Json.object("codes", all)));
    } else if (asked.isEmpty()) {
      found.forEach(this::printShort);
    } else {
      found.forEach(this::print);
    }
    return status;
  }

  /** The code that a word names. */
  static Optional<ResultCode> find(String word) {
    try {
      int number = Integer.parseInt(word);
      Optional<ResultCode> exact = ResultCode.of(number);
      return exact.isPresent() ? exact : ResultCode.of(-Math.abs(number));
    } catch (NumberFormatException e) {
      String upper = word.toUpperCase(Locale.ROOT);
      String name = upper.startsWith(C_PREFIX) ? upper.substring(C_PREFIX.length()) : upper;
      for (ResultCode code : ResultCode.values()) {
        if (code.name().equals(name)) {
          return Optional.of(code);
        }
      }
      return Optional.empty();
    }
  }

  private static String unknown(String word) {
    try {
      int number = -Math.abs(Integer.parseInt(word));
      return number > FIRST_LEASE_CODE
          ? number
              + " is errno "
              + -number
              + " of the system, from a device or a connection; see errno(3)"
          : "no result has the number " + number + "; 'sanlock explain' lists them";
    } catch (NumberFormatException e) {
      List<String> similar = new ArrayList<>();
      String wanted = word.toUpperCase(Locale.ROOT);
      for (ResultCode code : ResultCode.values()) {
        if (code.name().contains(wanted)) {
          similar.add(code.name());
        }
      }
      return "no result has the name "
          + word
          + (similar.isEmpty()
              ? "; 'sanlock explain' lists them"
              : "; did you mean " + String.join(", ", similar) + "?");
    }
  }

  private void printShort(ResultCode code) {
    setting
        .console()
        .line(
            String.format(Locale.ROOT, "%5d  %-20s %s", code.number(), code.name(), code.cause()));
  }

  private void print(ResultCode code) {
    Console console = setting.console();
    console.line(code.number() + " " + code.name());
    String indent = " ".repeat(18);
    console.entry("  what it says    ", code.cause(), indent);
    console.entry("  what to do      ", code.advice(), indent);
    NextLook.of(code).ifPresent(look -> console.entry("  where to look   ", look, indent));
    code.libraryText().ifPresent(text -> console.entry("  C library says  ", text, indent));
  }

  private static Object json(ResultCode code) {
    return Json.object(
        "number", code.number(),
        "name", code.name(),
        "cause", code.cause(),
        "advice", code.advice(),
        "look", NextLook.of(code).orElse(null),
        "library_text", code.libraryText().orElse(null));
  }
}
