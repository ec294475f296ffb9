package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manual pages and completions of the tree say what the program says. */
class ManualIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path SHARE = Implementation.tree().resolve("share");
  private static final Path BASH = SHARE.resolve("bash-completion/completions/sanlock");
  private static final Path ZSH = SHARE.resolve("zsh/site-functions/_sanlock");
  private static final Path FISH = SHARE.resolve("fish/vendor_completions.d/sanlock.fish");

  /** "client acquire" and so on, from the usage text. */
  private static Set<String> actions() throws IOException {
    String usage = new Cli(Implementation.JAVA, Path.of("/nonexistent")).run("help").out();
    Matcher line = Pattern.compile("(?m)^sanlock ((?:client|direct) [a-z_]+)").matcher(usage);
    Set<String> actions = new TreeSet<>();
    while (line.find()) {
      actions.add(line.group(1));
    }
    assertThat(actions).contains("client acquire", "direct dump").hasSizeGreaterThan(30);
    return actions;
  }

  private static Command.Result run(String... command) throws IOException {
    return Command.run(List.of(command), Map.of(), LIMIT);
  }

  private static void requireProgram(String name) throws IOException {
    boolean found = run("sh", "-c", "command -v " + name).exit() == 0;
    Skip.unless(found, name + " is not installed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"man8/sanlock.8", "man8/wdmd.8", "man5/sanlock.conf.5"})
  void pagesAreUnderstoodByRoffWithoutWarning(String page) throws IOException {
    requireProgram("groff");
    Path file = SHARE.resolve("man").resolve(page);
    Command.Result formatted = run("groff", "-man", "-Tutf8", "-ww", "-z", file.toString());
    assertThat(formatted.succeeded().err()).isEmpty();
    assertThat(Files.readString(file)).doesNotContain("@");
  }

  @Test
  void thePageHasASectionForEveryAction() throws IOException {
    assertThat(Files.readAllLines(SHARE.resolve("man/man8/sanlock.8")))
        .containsAll(actions().stream().map(action -> ".SS " + action).toList())
        .contains(".B \\-243 ACQUIRE_IDLIVE");
  }

  @Test
  void thePageOfTheConfigurationHasEveryKeyOfTheSample() throws IOException {
    String page = Files.readString(SHARE.resolve("man/man5/sanlock.conf.5"));
    Path sample = Implementation.tree().resolve("etc/sanlock/sanlock.conf");
    List<String> keys =
        Files.readAllLines(sample).stream()
            .filter(line -> line.matches("# [a-z_]+ =.*"))
            .map(line -> line.substring(2))
            .toList();
    assertThat(keys).hasSizeGreaterThan(20);
    for (String key : keys) {
      assertThat(page).contains("\\fB" + key + "\\fR\n");
    }
  }

  private static List<String> completed(String... words) throws IOException {
    String script =
        ". '"
            + BASH
            + "'; compopt() { :; }; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _sanlock;"
            + " printf '%s\\n' \"${COMPREPLY[@]}\"";
    String[] command = new String[words.length + 5];
    System.arraycopy(new String[] {"bash", "-ec", script, "bash", "sanlock"}, 0, command, 0, 5);
    System.arraycopy(words, 0, command, 5, words.length);
    return run(command).succeeded().out().lines().toList();
  }

  @Test
  void bashCompletesCommandsActionsOptionsAndValues() throws IOException {
    for (String action : actions()) {
      String[] words = action.split(" ", -1);
      assertThat(completed(words[0], "")).contains(words[1]);
    }
    assertThat(completed("acq")).containsExactly("acquire");
    assertThat(completed("client", "init", "-Z", "")).containsExactly("512", "4096");
    assertThat(completed("acquire", "-")).contains("-r", "-p");
    assertThat(completed("help", "direct", "read_")).containsExactly("read_leader");
    assertThat(completed("client", "acquire", "-p", "")).containsExactly("");
    assertThat(completed("explain", "ACQUIRE_IDL")).containsExactly("ACQUIRE_IDLIVE");
    assertThat(completed("pl")).containsExactly("plan");
    assertThat(completed("plan", "--io")).containsExactly("--io-timeout");
  }

  @Test
  void zshAndFishKnowEveryAction() throws IOException {
    String zsh = Files.readString(ZSH);
    String fish = Files.readString(FISH);
    for (String action : actions()) {
      String[] words = action.split(" ", -1);
      assertThat(zsh).containsPattern("(?m)^    '" + words[0] + "'\\) .*'" + words[1] + ":");
      assertThat(fish).contains("'__sanlock_at " + words[0] + "' -a " + words[1] + " ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zsh", "fish"})
  void otherShellsUnderstandTheirFiles(String shell) throws IOException {
    requireProgram(shell);
    run(shell, "-n", (shell.equals("zsh") ? ZSH : FISH).toString()).succeeded();
  }

  @Test
  void fishCompletesActionsAndValues() throws IOException {
    requireProgram("fish");
    String script =
        "source '"
            + FISH
            + "'; complete -C 'sanlock client acq'; complete -C 'sanlock init -Z ';"
            + " complete -C 'sanlock explain ACQUIRE_IDL'; complete -C 'sanlock fsck /etc/passw';"
            + " complete -C 'sanlock client acquire -r LS:r:/etc/grou';"
            + " echo none; complete -C 'sanlock client acquire -p '";
    assertThat(run("fish", "-c", script).succeeded().out())
        .containsPattern("(?m)^acquire\t")
        .containsPattern("(?m)^4096")
        .containsPattern("(?m)^ACQUIRE_IDLIVE\t")
        .containsPattern("(?m)^/etc/passwd$")
        .containsPattern("(?m)^LS:r:/etc/group$")
        .endsWith("none\n");
  }
}
