package io.sanlockd.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KillpathArgumentsTest {
  /** In inputs and arguments a blank is written as _ and a backslash as ~. */
  private static Stream<Arguments> rules() {
    return Stream.of(
        arguments("a_b", List.of("a", "b")),
        arguments("__a___b__", List.of("a", "b")),
        arguments("a~_b", List.of("a_b")),
        arguments("a~~b", List.of("a~b")),
        arguments("a~xb_c", List.of("a")),
        arguments("a_b~", List.of("a", "b")),
        arguments("'a_\"b_c\"'", List.of("'a", "\"b", "c\"'")),
        arguments("\u00e9", List.of()),
        arguments("a_\u00e9_b", List.of("a")),
        arguments("a\u0001_b", List.of("a")),
        arguments("a\tb\u000bc\fd\re\nf", List.of("a", "b", "c", "d", "e", "f")),
        arguments("a~\nb", List.of("a\nb")),
        arguments("", List.of()),
        arguments("~", List.of()),
        arguments("~__a", List.of("_", "a")));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void argumentStringIsSplitByTheRules(String args, List<String> expected) {
    List<String> command =
        KillpathArguments.command("/p", args.replace('_', ' ').replace('~', '\\'), 0);
    assertThat(command.get(0)).isEqualTo("/p");
    assertThat(command.stream().skip(1).map(a -> a.replace(' ', '_').replace('\\', '~')))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void pidIsTheLastArgumentWhenAskedForAndWhenThereIsRoom() {
    assertThat(KillpathArguments.command("/p", "a b", 12)).containsExactly("/p", "a", "b", "12");
    assertThat(KillpathArguments.command("/p", "1 2 3 4 5 6", 12))
        .containsExactly("/p", "1", "2", "3", "4", "5", "6", "12");
    assertThat(KillpathArguments.command("/p", "1 2 3 4 5 6 7 8 9", 12))
        .containsExactly("/p", "1", "2", "3", "4", "5", "6", "7");
  }
}
