package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The Debian package takes the place of the C program and gives it back, in a copy of this machine:
 * the C program that other tests use is not touched.
 */
@Execution(ExecutionMode.CONCURRENT)
class PackageIT {
  private static final String LOCKSPACE = "LS:1:/var/tmp/leases:0";
  private static final String INSTALL =
      "dpkg --force-confdef --force-confold -i /var/tmp/sanlockd.deb";

  @RegisterExtension final Scene scene = new Scene();

  /** The package that the build made. */
  static Path debianPackage() throws IOException {
    Path target = Implementation.tree().getParent();
    try (Stream<Path> files = Files.list(target)) {
      List<Path> packages =
          files.filter(file -> file.getFileName().toString().endsWith("_all.deb")).toList();
      if (packages.isEmpty()) {
        Skip.because("the build made no Debian package: there is no dpkg-deb on this machine");
      }
      return packages.get(0);
    }
  }

  private ScratchSystem systemWithC() throws IOException {
    Implementation.C.program();
    Path file = debianPackage();
    ScratchSystem system = scene.own(ScratchSystem.make(scene.directory()));
    system.copy(file, "/var/tmp/sanlockd.deb");
    // It depends on exactly this version of the C program.
    system.output("! dpkg -s sanlk-reset >/dev/null 2>&1 || dpkg --remove sanlk-reset");
    return system;
  }

  /** The daemon that is installed, ours or C; stays root, since not every test may raise limits. */
  private static void startAndJoin(ScratchSystem system) throws IOException {
    system.output("truncate -s 1M /var/tmp/leases");
    system.output("sanlock direct init -o 1 -s " + LOCKSPACE);
    system.output("SANLOCK_PRIVILEGED=0 sanlock daemon -w 0 -e host -U root -G root");
    system.output("until sanlock client status; do sleep 0.1; done");
    system.output("sanlock client add_lockspace -o 1 -s " + LOCKSPACE);
  }

  private static void leaveAndEnd(ScratchSystem system) throws IOException {
    system.output("sanlock client rem_lockspace -s " + LOCKSPACE);
    system.output("sanlock client shutdown -w 1");
  }

  @Test
  void takesThePlaceOfAnIdleCProgramAndKeepsItsSettings() throws Exception {
    ScratchSystem system = systemWithC();
    startAndJoin(system);

    Command.Result refused = system.run(INSTALL);
    assertThat(refused.exit()).as("%s", refused).isNotZero();
    assertThat(refused.err()).contains("has joined lockspaces").contains("LS:1:");
    leaveAndEnd(system);
    system.output("echo 'sanlock_opts=\"-w 0 -R 1\"' >/etc/default/sanlock");
    // The C package has no such file, so dpkg does not know it.
    system.output("mkdir -p /etc/sanlock; echo 'quiet_fail = 0' >/etc/sanlock/sanlock.conf");

    Command.Result installed = system.run(INSTALL).succeeded();
    assertThat(installed.err()).doesNotContain("no class-data archives");
    assertThat(system.output("dpkg-query -W -f '${Package} ${db:Status-Status}\\n' 'sanlock*'"))
        .contains("sanlockd installed")
        .doesNotContain("sanlock installed");
    assertThat(system.output("dpkg --verify sanlockd"))
        .isEqualTo("??5?????? c /etc/default/sanlock\n");
    assertThat(system.output("cat /etc/default/sanlock")).isEqualTo("sanlock_opts=\"-w 0 -R 1\"\n");
    assertThat(system.output("cat /etc/sanlock/sanlock.conf")).isEqualTo("quiet_fail = 0\n");
    assertThat(system.output("readlink -f /usr/sbin/sanlock /usr/sbin/wdmd"))
        .isEqualTo("/usr/lib/sanlockd/bin/sanlock\n/usr/lib/sanlockd/bin/wdmd\n");
    assertThat(system.output("id -nG sanlock")).contains("sanlock").contains("disk");
    assertThat(system.output("ls /usr/lib/sanlockd/lib/cds | wc -l")).isEqualTo("4\n");
    assertThat(system.output("ls /lib/systemd/system")).contains("sanlock.service", "wdmd.service");
    assertThat(system.output("/usr/lib/libvirt/libvirt_sanlock_helper 2>&1 || true"))
        .contains("uri uuid action");
    assertThat(system.run("sanlock config check").exit()).isZero();
    assertThat(system.run("systemd-analyze verify sanlock.service wdmd.service").succeeded().err())
        .isEmpty();
  }

  @Test
  void isNeitherReplacedNorRemovedWhileInUse() throws Exception {
    ScratchSystem system = systemWithC();
    system.run(INSTALL).succeeded();
    startAndJoin(system);
    String pid = system.output("cat /run/sanlock/sanlock.pid");

    system.run(INSTALL).succeeded();
    assertThat(system.output("cat /run/sanlock/sanlock.pid")).isEqualTo(pid);
    assertThat(system.output("sanlock client status")).contains("s LS:1:/var/tmp/leases:0");

    Command.Result refused = system.run("dpkg --remove sanlockd");
    assertThat(refused.exit()).as("%s", refused).isNotZero();
    assertThat(refused.err()).contains("has joined lockspaces").contains("LS:1:");
    assertThat(system.output("sanlock client status")).contains("s LS:1:/var/tmp/leases:0");
    leaveAndEnd(system);
    system.output("dpkg --remove sanlockd");
  }

  @Test
  void daemonBecomesTheUserOfThePackage() throws Exception {
    ScratchSystem system = systemWithC();
    Skip.unless(
        system.run("ulimit -l unlimited").exit() == 0,
        "a daemon that gives up root must be allowed to raise its limits");
    system.run(INSTALL).succeeded();
    system.output("sanlock daemon -w 0 -e host");
    assertThat(system.output("ps -o user= -p $(cat /run/sanlock/sanlock.pid)"))
        .isEqualTo("sanlock\n");
    system.output("sanlock client shutdown -w 1");
  }

  @Test
  void purgedAfterGoingBackTakesNothingFromTheCProgram() throws Exception {
    ScratchSystem system = systemWithC();
    system.run(INSTALL).succeeded();
    String inUse =
        "ls /etc/sanlock/sanlock.conf /etc/systemd/system/multi-user.target.wants/sanlock.service"
            + " /etc/systemd/system/multi-user.target.wants/wdmd.service /var/log/sanlock.log";
    system.output("touch /var/log/sanlock.log");
    String before = system.output(inUse);
    system.output("dpkg --remove sanlockd");
    // Stands for the C package, which is not at hand any more.
    system.output("touch /usr/sbin/sanlock");
    system.output("dpkg --purge sanlockd");
    assertThat(system.output(inUse)).isEqualTo(before);
  }

  @Test
  void leavesNothingBehindButItsUser() throws Exception {
    ScratchSystem system = systemWithC();
    String libvirt = "md5sum </usr/lib/libvirt/libvirt_sanlock_helper";
    String before = system.output(libvirt);
    system.run(INSTALL).succeeded();
    assertThat(system.output(libvirt)).isNotEqualTo(before);
    List<String> files = system.output("dpkg -L sanlockd").lines().toList();
    system.output("touch /var/log/sanlock.log /var/log/sanlock.log.1");

    system.output("dpkg --remove sanlockd");
    assertThat(system.output("ls /etc/sanlock /etc/default/sanlock")).contains("sanlock.conf");
    system.output("dpkg --purge sanlockd sanlock");

    assertThat(system.output(libvirt)).isEqualTo(before);
    assertThat(files).contains("/usr/lib/sanlockd/bin/sanlock", "/etc/default/sanlock");
    for (String file : files) {
      String left = "[ -d '" + file + "' ] || ! [ -e '" + file + "' ]";
      assertThat(
              system
                  .run(left + " || [ '" + file + "' = /usr/lib/libvirt/libvirt_sanlock_helper ]")
                  .exit())
          .as("%s is gone", file)
          .isZero();
    }
    assertThat(
            system.output("ls -d /usr/lib/sanlockd /etc/sanlock /var/log/sanlock.log* 2>&1 || :"))
        .doesNotContain("\n/")
        .doesNotStartWith("/");
  }
}
