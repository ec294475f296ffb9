package io.sanlockd.helper;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.helper.HelperMessage.KillPid;
import io.sanlockd.helper.HelperMessage.RunPath;
import io.sanlockd.helper.HelperMessage.WriteSysfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActionsTest {
  @TempDir private Path directory;
  private final List<String> debug = new ArrayList<>();
  private Actions actions;

  @BeforeEach
  void createActions() {
    actions = new Actions(Runnable::run, directory.resolve("sys"), debug::add);
  }

  @Test
  void numberIsWrittenOverTheBeginningOfAFileBelowTheRoot() throws IOException {
    Path file = Files.createDirectories(directory.resolve("sys/block")).resolve("max_sectors_kb");
    Files.writeString(file, "12800\n");
    actions.perform(new WriteSysfs(file.toString(), "512"));
    assertThat(file).hasContent("51200\n");
  }

  @Test
  void fileThatDoesNotExistIsReportedAndOthersAreNotTouched() throws IOException {
    Files.createDirectories(directory.resolve("sys"));
    actions.perform(new WriteSysfs(directory.resolve("sys/none/x").toString(), "512"));
    assertThat(debug).singleElement().asString().contains("failed");
  }

  @Test
  void fileOutsideTheRootIsNotWrittenHoweverItIsNamed() throws IOException {
    Files.createDirectories(directory.resolve("sys"));
    Path outside = Files.writeString(directory.resolve("passwd"), "old");
    actions.perform(new WriteSysfs(outside.toString(), "512"));
    actions.perform(new WriteSysfs(directory + "/sys/../passwd", "512"));
    assertThat(outside).hasContent("old");
    assertThat(debug).hasSize(2).allMatch(line -> line.contains("refused"));
  }

  @Test
  void textThatIsNotANumberIsNotWritten() throws IOException {
    Path file = Files.createDirectories(directory.resolve("sys")).resolve("x");
    Files.writeString(file, "old");
    for (String value : new String[] {"", "-1", "1 2", "1".repeat(20)}) {
      actions.perform(new WriteSysfs(file.toString(), value));
    }
    assertThat(file).hasContent("old");
  }

  @Test
  void groupsAndOtherSignalsAreRefused() {
    actions.perform(new KillPid(0, 9));
    actions.perform(new KillPid(-1, 9));
    actions.perform(new KillPid(1, 2));
    assertThat(debug).hasSize(3).allMatch(line -> line.contains("refused"));
  }

  @Test
  void killOfTheHelperItselfOrOfNobodyIsReportedAndDoesNoHarm() {
    actions.prepare();
    assertThat(debug).containsExactly("ready");
    actions.perform(new KillPid((int) ProcessHandle.current().pid(), 15));
    actions.perform(new KillPid(Integer.MAX_VALUE, 9));
    assertThat(debug).hasSize(3);
    assertThat(debug.subList(1, 3)).allMatch(line -> line.contains("failed"));
  }

  @Test
  void programThatCanNotBeStartedIsReported() {
    actions.perform(new RunPath("/nonexistent/program", "", 0));
    actions.perform(new RunPath("", "", 0));
    assertThat(debug).hasSize(2).allMatch(line -> line.contains("failed"));
  }

  @Test
  void programIsDroppedWhenTooManyAreRunning() {
    Actions busy =
        new Actions(
            task -> {
              throw new RejectedExecutionException();
            },
            Path.of("/sys"),
            debug::add);
    busy.perform(new RunPath("/bin/true", "", 0));
    assertThat(debug).singleElement().asString().contains("dropped");
  }
}
