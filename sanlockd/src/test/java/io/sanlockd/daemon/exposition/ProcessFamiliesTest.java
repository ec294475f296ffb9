package io.sanlockd.daemon.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessFamiliesTest {
  private static Map<String, Double> samples(Path proc) {
    StringBuilder text = new StringBuilder();
    new Exposition(ProcessFamilies.of(proc)).forEachRemaining(text::append);
    return Exposed.samples(text.toString());
  }

  @Test
  void residentMemoryIsInBytes() throws IOException {
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      Path proc = Files.createDirectories(files.getPath("/proc/self"));
      Files.writeString(proc.resolve("status"), "Name:\tjava\nVmRSS:\t   1234 kB\nThreads:\t9\n");
      assertThat(samples(proc)).containsEntry("process_resident_memory_bytes", 1234 * 1024.0);
    }
  }

  @Test
  void whatTheKernelDoesNotTellIsLeftOut() throws IOException {
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      assertThat(samples(files.getPath("/none")))
          .doesNotContainKey("process_resident_memory_bytes")
          .containsKey("jvm_memory_used_bytes{area=\"heap\"}");
    }
  }

  @Test
  void thisProcess() {
    Map<String, Double> samples = samples(Path.of("/proc/self"));
    assertThat(samples.get("process_resident_memory_bytes")).isGreaterThan(1 << 20);
    assertThat(samples.get("process_cpu_seconds_total")).isPositive();
    assertThat(samples.get("process_start_time_seconds")).isGreaterThan(1.6e9);
    assertThat(samples.get("jvm_memory_used_bytes{area=\"heap\"}"))
        .isLessThanOrEqualTo(samples.get("jvm_memory_max_bytes{area=\"heap\"}"));
    assertThat(samples.keySet()).anyMatch(name -> name.startsWith("jvm_gc_collection_seconds_sum"));
  }
}
