package io.sanlockd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.world.ChildJvm;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.protocol.ResourceFlags;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The first kill of a daemon's life finds everything in memory. Measured in a JVM of its own, in
 * which no other test has loaded anything.
 */
class KillPathTest {
  private static final int PROCESSES = 200;

  /** Less than one object for each process. */
  private static final long NOTHING_WORTH_NAMING_BYTES = 2048;

  @Test
  void theFirstKillRoundLoadsNoClassAndAllocatesNothingWorthNaming() throws Exception {
    Process child =
        new ProcessBuilder(ChildJvm.command(List.of("-Xint", "-XX:+UseSerialGC"), FirstKill.class))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as(output).isZero();
    List<String> words = List.of(output.strip().split(" ", -1));
    assertThat(words).as(output).hasSize(3);
    assertThat(words.get(0)).isEqualTo("signalled=" + PROCESSES);
    assertThat(words.get(1)).isEqualTo("classes=0");
    assertThat(Long.parseLong(words.get(2).substring("bytes=".length())))
        .isLessThan(NOTHING_WORTH_NAMING_BYTES);
  }

  /** The child JVM. */
  static final class FirstKill {
    private static final int IO_TIMEOUT = 2;

    private FirstKill() {}

    public static void main(String[] arguments) {
      ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      try (World world = new World().format(IO_TIMEOUT)) {
        VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);
        daemon.helper().start();
        for (int i = 0; i < PROCESSES; i++) {
          VirtualClient holder = daemon.registered(100 + i);
          holder.acquire(0, VirtualClient.resource(1).withFlags(ResourceFlags.SHARED));
          world.time().settle();
        }
        Lockspace lockspace = daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0);
        // The first question to each of the two has its own cost.
        assertThat(threads.getCurrentThreadAllocatedBytes()).isPositive();
        assertThat(classes.getTotalLoadedClassCount()).isPositive();
        Stopper stopper = daemon.supervisor().stopper();
        long now = world.time().seconds();
        long loaded = classes.getTotalLoadedClassCount();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        lockspace.startKilling(Lockspace.Cause.EXPIRED, now);
        stopper.signalUsers(lockspace, now);
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
        loaded = classes.getTotalLoadedClassCount() - loaded;
        long signalled =
            daemon.clients().all().stream().filter(client -> client.kills().sent() == 1).count();
        System.out.println("signalled=" + signalled + " classes=" + loaded + " bytes=" + bytes);
      }
    }
  }
}
