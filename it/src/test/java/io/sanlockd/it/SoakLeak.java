package io.sanlockd.it;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A leak on purpose: an agent that is loaded into the JVM of a daemon and there opens files, starts
 * threads and takes memory of both kinds without end. The soak must notice.
 */
public final class SoakLeak {
  private static final long PAUSE_NANOS = 250_000_000;
  private static final int HEAP_BYTES = 32 << 10;
  private static final int NATIVE_BYTES = 256 << 10;

  private static final List<Object> KEPT = new ArrayList<>();

  private SoakLeak() {}

  /** Called by the JVM before the daemon's main method. */
  public static void premain(String unused) {
    Thread thread = new Thread(SoakLeak::leak, "leak");
    thread.setDaemon(true);
    thread.start();
  }

  private static void leak() {
    while (true) {
      LockSupport.parkNanos(PAUSE_NANOS);
      Thread idle = new Thread(LockSupport::park, "leaked");
      idle.setDaemon(true);
      idle.start();
      KEPT.add(new byte[HEAP_BYTES]);
      KEPT.add(ByteBuffer.allocateDirect(NATIVE_BYTES));
      try {
        KEPT.add(new FileInputStream("/dev/null"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Packs this class as an agent. */
  static Path jar(Path directory) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(new Attributes.Name("Premain-Class"), SoakLeak.class.getName());
    String name = SoakLeak.class.getName().replace('.', '/') + ".class";
    Path jar = directory.resolve("leak.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream code = SoakLeak.class.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      code.transferTo(out);
      out.closeEntry();
    }
    return jar;
  }
}
