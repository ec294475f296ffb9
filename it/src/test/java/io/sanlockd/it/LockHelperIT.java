package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The killpath program of libvirt's guests (consumers.md 4), with libvirt's built-in guest. */
@Execution(ExecutionMode.CONCURRENT)
class LockHelperIT {
  private static final String URI = "test:///default";
  private static final String GUEST = "6695eb01-f6a4-8304-79aa-97f2502e193f";
  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";
  private static final Path VIRSH = Path.of("/usr/bin/virsh");
  private static final Path PACKAGED = Path.of("/usr/lib/libvirt/libvirt_sanlock_helper");
  private static final int SIGKILLED = 128 + 9;

  @RegisterExtension final Scene scene = new Scene();

  private static Path helper() {
    return Implementation.tree().resolve("bin/libvirt_sanlock_helper");
  }

  private static Command.Result run(Path program, Map<String, String> env, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    return Command.run(command, env, Duration.ofMinutes(1));
  }

  private static void requireVirsh() {
    if (!Files.isExecutable(VIRSH)) {
      Skip.because("the Debian package libvirt-clients is not installed: no " + VIRSH);
    }
  }

  /** All rows of the table of the specification, and the packaged program beside ours. */
  @ParameterizedTest
  @CsvSource({
    GUEST + ", pause, 0, is paused",
    GUEST + ", poweroff, 0, is shut off",
    GUEST + ", default, 1, unsupported failure action: 'default'",
    GUEST + ", restart, 1, unsupported failure action: 'restart'",
    GUEST + ", ignore, 1, unsupported failure action: 'ignore'",
    GUEST + ", explode, 1, invalid failure action: 'explode'",
    NOBODY + ", pause, 1, failed to get domain",
    NOBODY + ", ignore, 1, failed to get domain",
    "neither-id-nor-name, pause, 1, Invalid UUID",
  })
  void actionsAndExitStatus(String uuid, String action, int exit, String said) throws Exception {
    requireVirsh();
    Command.Result ours = run(helper(), Map.of(), URI, uuid, action);
    assertThat(ours.exit()).as("%s", ours).isEqualTo(exit);
    assertThat(ours.err()).contains(said);
    assertThat(ours.out()).isEmpty();
    if (Files.isExecutable(PACKAGED)) {
      assertThat(run(PACKAGED, Map.of(), URI, uuid, action).exit()).isEqualTo(exit);
    }
  }

  @Test
  void anotherNumberOfArgumentsIsRefused() throws Exception {
    for (String[] arguments : new String[][] {{}, {URI, GUEST}, {URI, GUEST, "pause", "now"}}) {
      Command.Result ours = run(helper(), Map.of(), arguments);
      assertThat(ours.exit()).isEqualTo(1);
      assertThat(ours.err()).isEqualTo(helper() + " uri uuid action\n");
    }
  }

  /** A virsh of ours that notes its calls; {@code script} plays libvirt. */
  private Map<String, String> virsh(String script, String... environment) throws IOException {
    Path program = scene.directory().resolve("virsh");
    Files.writeString(
        program, "#!/bin/sh\necho \"$3\" >>" + calls() + "\ncase $3 in\n" + script + "\nesac\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    String path = scene.directory() + ":" + System.getenv("PATH");
    return environment.length == 0
        ? Map.of("PATH", path)
        : Map.of("PATH", path, environment[0], environment[1]);
  }

  private Path calls() {
    return scene.directory().resolve("calls");
  }

  @Test
  void whatIsDoneAlreadyIsNotDoneAgain() throws Exception {
    Map<String, String> off = virsh("domstate) echo 'shut off';;");
    assertThat(run(helper(), off, URI, GUEST, "poweroff").exit()).isZero();
    assertThat(Files.readAllLines(calls())).containsExactly("domstate");
  }

  @Test
  void aGuestThatStopsByItselfMeanwhileIsAsGood() throws Exception {
    Map<String, String> race =
        virsh(
            "domstate) [ -e "
                + scene.directory()
                + "/off ] && echo 'shut off' || echo running;;\ndestroy) touch "
                + scene.directory()
                + "/off; echo 'error: domain is not running'; exit 1;;");
    assertThat(run(helper(), race, URI, GUEST, "poweroff").exit()).isZero();
    assertThat(Files.readAllLines(calls())).containsExactly("domstate", "destroy", "domstate");
  }

  @Test
  void aRefusalIsReported() throws Exception {
    Map<String, String> refusing =
        virsh("domstate) echo running;;\nsuspend) echo 'error: no'; exit 1;;");
    Command.Result result = run(helper(), refusing, URI, GUEST, "pause");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("pause of guest " + GUEST, "error: no");
  }

  /** Shorter than the grace period: the limit of the run here is far below that of the command. */
  @Test
  void aLibvirtThatDoesNotAnswerIsGivenUp() throws Exception {
    Map<String, String> stuck =
        virsh(
            "domstate) echo running;;\nsuspend) trap '' TERM; sleep 600;;",
            "LIBVIRT_SANLOCK_HELPER_SECONDS",
            "2");
    Command.Result result = run(helper(), stuck, URI, GUEST, "pause");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("no answer within");
  }

  /** C33, second part: the helper does its work, but nobody releases the leases. */
  @Test
  void c33PausedGuestWhoseLeasesNobodyReleasesIsKilledAfterTheGracePeriod() throws Exception {
    requireVirsh();
    Storage space = scene.storage(Storage.Kind.FILE, 1);
    Storage leases = scene.storage(Storage.Kind.FILE, 2);
    Daemon daemon = scene.daemon(Peers.tested(), "hostA", "-g", "6");
    LibraryClient guest = scene.library(daemon);
    Consumers.join(guest, space, 1);
    LibraryClient.Lease lease = Consumers.lease(guest, leases, "r1", 1);
    guest.register();
    assertThat(guest.call("killpath", 0, helper().toString(), URI + " " + GUEST + " pause"))
        .isZero();
    assertThat(guest.call("restrict", 1)).isZero();
    LibraryClient libvirt = scene.library(daemon);
    assertThat(libvirt.acquireFor(guest.pid(), 0, "guest", lease)).isZero();
    daemon.awaitRenewal(Consumers.LS);
    space.truncate();
    assertThat(guest.awaitExit(Duration.ofMinutes(1))).isEqualTo(SIGKILLED);
    assertThat(daemon.log()).contains(helper().toString());
  }
}
