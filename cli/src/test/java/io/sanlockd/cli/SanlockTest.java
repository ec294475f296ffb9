package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command adds to the C program, and what the recorded cases can not show. */
class SanlockTest {
  private record Run(int status, String out, String err) {}

  private static Run run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Invocation invocation =
        new Invocation(
            "sanlock",
            new Endpoint("/nonexistent/sanlock.sock", 0),
            new CommandConfig("/nonexistent/sanlock.conf"),
            line -> {},
            new Out(out, false),
            new Out(err, false));
    int status = new Sanlock(invocation).run(args);
    return new Run(
        status,
        out.toString(StandardCharsets.ISO_8859_1),
        err.toString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aFailureIsExplainedInOneLineOnStandardError() {
    Run run = run("client", "acquire", "-r", "ls:res:/x:0", "-p", "1");
    assertThat(run.out()).isEqualTo("acquire pid 1\nacquire done -2\n");
    assertThat(run.err())
        .isEqualTo(
            "sanlock: acquire failed: -2: no daemon at /nonexistent/sanlock.sock; start it, or set"
                + " SANLOCK_RUN_DIR\n");
  }

  @Test
  void aFailureFoundHereIsExplainedWithNameCauseAndAdvice() {
    Run run = run("client", "convert", "-p", "1");
    assertThat(run.out()).isEqualTo("convert pid 1\nconvert done -22\n");
    assertThat(run.err()).startsWith("sanlock: convert failed: -22 EINVAL: invalid argument; ");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void everyTopicSaysWhatOptionsMeanAndShowsExamplesInLinesThatFit() {
    for (HelpTopic topic : FriendlyHelp.all()) {
      List<String> words = new ArrayList<>(List.of("help"));
      words.addAll(List.of(topic.name().split(" ", -1)));
      Run run = run(words.toArray(new String[0]));
      assertThat(run.status()).as(topic.name()).isZero();
      assertThat(run.out()).startsWith("Usage: ").contains("Examples:");
      topic.options().forEach(option -> assertThat(run.out()).contains("  " + option.syntax()));
      topic.examples().forEach(example -> assertThat(run.out()).contains("  " + example + "\n"));
      assertThat(run.out().lines()).allMatch(line -> line.length() <= 79);
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void everyExampleOfOurCommandIsUnderstood() throws UsageError {
    for (HelpTopic topic : FriendlyHelp.all()) {
      for (String example : topic.examples()) {
        List<String> words = List.of(example.split(" ", -1));
        int command = words.indexOf("sanlock") + 1;
        if (!List.of("client", "direct").contains(words.get(command))) {
          continue;
        }
        assertThat(words.get(command + 1)).isEqualTo(topicAction(topic, words.get(command + 1)));
        int options = command + (DirectActions.takesPlace(words.get(command + 1)) ? 3 : 2);
        Out nowhere = new Out(new ByteArrayOutputStream(), false);
        Invocation invocation = new Invocation("sanlock", null, null, null, nowhere, nowhere);
        assertThat(new OptionParser(invocation).parse(words.toArray(new String[0]), options))
            .isNotNull();
      }
    }
  }

  private static String topicAction(HelpTopic topic, String otherwise) {
    int blank = topic.name().indexOf(' ');
    return blank < 0 ? otherwise : topic.name().substring(blank + 1);
  }

  @Test
  void helpIsFoundFromEverywhere() {
    assertThat(run("acquire", "--help").out()).isEqualTo(run("help", "client", "acquire").out());
    assertThat(run("help", "acquire").out()).isEqualTo(run("help", "client", "acquire").out());
    assertThat(run("client", "write", "--help").out()).isEqualTo(run("help", "init").out());
    assertThat(run("direct", "dump", "--help").out()).isEqualTo(run("help", "dump").out());
    assertThat(run("daemon", "--help").out()).isEqualTo(run("help", "daemon").out());
    assertThat(run("client", "--help").out()).isEqualTo(run("help", "client").out());
    assertThat(run("direct", "--help").out()).isEqualTo(run("help", "direct").out());
    assertThat(run("help", "nonsense").status()).isEqualTo(1);
    assertThat(run("help", "nonsense").out()).contains("  arguments ", "  acquire_id ");
  }

  @Test
  void everyActionKnownIsATopicAndTheOtherWayRound() {
    assertThat(ClientHelp.TOPICS).allMatch(t -> ClientActions.isKnown(topicAction(t, "")));
    assertThat(DirectHelp.TOPICS).allMatch(t -> DirectActions.isKnown(topicAction(t, "")));
    assertThat(ClientActions.names()).hasSize(ClientHelp.TOPICS.size() + 1).contains("write");
    assertThat(DirectActions.names()).hasSize(DirectHelp.TOPICS.size());
    assertThat(ClientActions.isKnown("")).isFalse();
    assertThat(ClientActions.isKnown("status gets")).isFalse();
    assertThat(DirectActions.isKnown("init dump")).isFalse();
  }

  @Test
  void aMistypedActionIsGuessed() {
    Run run = run("client", "statsu");
    assertThat(run.out()).isEqualTo("client action \"statsu\" is unknown\n");
    assertThat(run.err()).contains("did you mean \"status\"?");
    assertThat(run("direct", "nextfree").err()).contains("did you mean \"next_free\"?");
    assertThat(run("client", "frobnicate").err()).doesNotContain("did you mean");
  }

  @Test
  void helpBehindMinusCBelongsToTheProgram() {
    Run run = run("client", "command", "-c", "/bin/x", "--help");
    assertThat(run.out()).isEqualTo("register\nregister done -2\n");
  }

  @Test
  void theDaemonIsLeftToTheLauncher() {
    Run run = run("daemon", "-w", "0");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("bin/sanlock");
  }

  @Test
  void bytesOfAnArgumentSurviveAnyLocale() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("/bin/sh", "-c", "exec \"$@\" \"$(printf 'n\\303\\251\\377')\"", "sh"));
    command.addAll(CommandLinePrograms.ownJvm());
    for (String locale : List.of("C", "C.UTF-8")) {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("LC_ALL", locale);
      builder.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      byte[] out = process.getInputStream().readAllBytes();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(new String(out, StandardCharsets.ISO_8859_1))
          .isEqualTo("client action \"n\u00c3\u00a9\u00ff\" is unknown\n");
    }
  }

  @Test
  void theArchiveTrainingRunsWithoutADaemon(@TempDir Path directory) throws Exception {
    List<String> command = new ArrayList<>(CommandLinePrograms.ownJvm());
    command.set(command.size() - 1, "io.sanlockd.cli.ArchiveTraining");
    command.add(1, "-Djava.io.tmpdir=" + directory);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(out).isEmpty();
    assertThat(process.exitValue()).isZero();
  }
}
