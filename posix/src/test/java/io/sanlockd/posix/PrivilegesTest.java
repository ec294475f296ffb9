package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What can be tried only in a process of its own. */
class PrivilegesTest {
  /** The child JVM. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      switch (arguments[0]) {
        case "become" -> become(arguments[1]);
        case "memory" -> memory();
        default -> realTime();
      }
    }

    /** Gives up root while another thread exists, which has to change, too. */
    private static void become(String user) throws Exception {
      CountDownLatch changed = new CountDownLatch(1);
      Thread other = new Thread(() -> report("other", changed));
      other.setDaemon(true);
      other.start();
      for (Privileges.Limit limit : Privileges.Limit.values()) {
        unlimit(limit);
      }
      int uid = Users.uid(user).orElseThrow();
      int gid = Users.gid(user).orElseThrow();
      Privileges.leaveGroups();
      System.out.println("left " + groups());
      Privileges.takeGroupsOf(user, gid);
      Privileges.become(uid, gid);
      changed.countDown();
      other.join();
      System.out.println("proc " + Files.getAttribute(Path.of("/proc/self/fd"), "unix:uid"));
      System.out.print(Files.readString(Path.of("/proc/self/limits")));
      try {
        Privileges.become(0, 0);
      } catch (PosixException e) {
        System.out.println(e.getMessage());
      }
    }

    private static void unlimit(Privileges.Limit limit) {
      try {
        Privileges.unlimit(limit);
      } catch (PosixException e) {
        System.out.println(e.getMessage());
      }
    }

    private static void report(String thread, CountDownLatch when) {
      try {
        when.await();
        String status = Files.readString(Path.of("/proc/thread-self/status"));
        status
            .lines()
            .filter(l -> l.startsWith("Uid") || l.startsWith("Gid"))
            .forEach(l -> System.out.println(thread + " " + l));
        System.out.println(thread + " " + groups());
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static String groups() throws IOException {
      return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
          .filter(l -> l.startsWith("Groups"))
          .findFirst()
          .orElseThrow()
          .strip();
    }

    private static void memory() throws IOException {
      MemoryLock.lockCurrent();
      System.out.print(Files.readString(Path.of("/proc/self/status")));
    }

    private static void realTime() throws Exception {
      System.out.println("before " + RealTime.entered());
      System.out.println("priority " + RealTime.enter());
      System.out.println("after " + RealTime.entered());
      Thread other =
          new Thread(
              () -> {
                try {
                  System.out.println("other " + RealTime.entered());
                } catch (PosixException e) {
                  throw new IllegalStateException(e);
                }
              });
      other.start();
      other.join();
    }
  }

  @Test
  void everyThreadBecomesTheUserAndCanNotGoBack() throws Exception {
    Skip.unless(Users.effectiveUid() == 0, "needs root");
    Skip.unless(Users.uid("sanlock").isPresent(), "needs the user sanlock");
    int uid = Users.uid("sanlock").orElseThrow();
    int gid = Users.gid("sanlock").orElseThrow();

    List<String> lines = run("become", "sanlock");

    assertThat(lines).contains("left Groups:", "proc " + uid);
    assertThat(lines).contains("other Uid:\t" + String.join("\t", four(uid)));
    assertThat(lines).contains("other Gid:\t" + String.join("\t", four(gid)));
    assertThat(lines).filteredOn(l -> l.startsWith("other Groups:")).hasSize(1);
    assertThat(groupsOf(lines)).contains(Integer.toString(gid));
    assertThat(lines).anyMatch(l -> l.matches("Max core file size +unlimited +unlimited.*"));
    if (mayRaiseLimits()) {
      assertThat(lines).anyMatch(l -> l.matches("Max locked memory +unlimited +unlimited.*"));
      assertThat(lines).anyMatch(l -> l.matches("Max realtime priority +unlimited +unlimited.*"));
    } else {
      assertThat(lines).contains("setrlimit LOCKED_MEMORY: EPERM (Operation not permitted)");
    }
    assertThat(lines).contains("setgid 0: EPERM (Operation not permitted)");
  }

  /** CAP_SYS_RESOURCE, which containers often lack. */
  private static boolean mayRaiseLimits() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("CapEff"))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(line.substring(line.length() - 16), 16) >> 24 & 1) != 0;
  }

  private static List<String> groupsOf(List<String> lines) {
    return lines.stream()
        .filter(l -> l.startsWith("other Groups:"))
        .flatMap(l -> List.of(l.split("\\s+")).stream())
        .toList();
  }

  private static List<String> four(int id) {
    String text = Integer.toString(id);
    return List.of(text, text, text, text);
  }

  @Test
  void lockingMemoryDoesNotFillWhatWasOnlyReserved() throws Exception {
    Skip.unless(Users.effectiveUid() == 0, "needs root");

    List<String> status = run("memory");

    assertThat(kilobytes(status, "VmLck")).isGreaterThan(kilobytes(status, "VmRSS"));
    assertThat(kilobytes(status, "VmRSS")).isLessThan(150_000);
  }

  private static long kilobytes(List<String> status, String key) {
    String line = status.stream().filter(l -> l.startsWith(key + ":")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  @Test
  void onlyTheCallingThreadIsRealTime() throws Exception {
    Skip.unless(Users.effectiveUid() == 0, "needs root");

    List<String> lines = run("real-time");

    Skip.unless(
        lines.stream().noneMatch(l -> l.contains("sched_setscheduler")),
        "no real-time priority allowed here: " + lines);
    assertThat(lines).containsExactly("before false", "priority 99", "after true", "other false");
  }

  private static List<String> run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.lines().toList();
  }
}
