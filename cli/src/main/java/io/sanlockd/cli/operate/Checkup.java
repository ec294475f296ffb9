package io.sanlockd.cli.operate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The findings of an examination, by the part of the system they are about. */
final class Checkup {
  private final Map<String, List<Finding>> sections = new LinkedHashMap<>();
  private List<Finding> section = new ArrayList<>();

  /** What follows is about this part. */
  void section(String name) {
    section = sections.computeIfAbsent(name, unused -> new ArrayList<>());
  }

  void add(Severity severity, String place, String text) {
    section.add(new Finding(severity, place, text));
  }

  void ok(String place, String text) {
    add(Severity.OK, place, text);
  }

  List<Finding> all() {
    return sections.values().stream().flatMap(List::stream).toList();
  }

  void print(Console console) {
    sections.forEach(
        (name, findings) -> {
          console.line(name);
          for (Finding finding : findings) {
            String head = String.format(Locale.ROOT, "  %-8s ", word(finding.severity()));
            console.paragraph(
                head, finding.place() + ": " + finding.text(), " ".repeat(head.length() + 2));
          }
        });
  }

  private static String word(Severity severity) {
    return switch (severity) {
      case OK -> "ok";
      case NOTE -> "note";
      case WARNING, ERROR -> severity.name();
    };
  }

  Object json() {
    List<Object> all = new ArrayList<>();
    sections.forEach(
        (name, findings) ->
            all.add(
                Json.object(
                    "section", name, "findings", findings.stream().map(Finding::json).toList())));
    return all;
  }
}
