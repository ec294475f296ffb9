package io.sanlockd.it;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What one test uses: a directory, daemons, storage, processes. Everything is ended and removed
 * after the test, the newest first; when it failed, the logs of the daemons are printed.
 */
final class Scene implements BeforeEachCallback, AfterEachCallback {
  private final Deque<AutoCloseable> owned = new ConcurrentLinkedDeque<>();
  private final List<Daemon> daemons = new ArrayList<>();
  private final List<Remedy> remedies = new CopyOnWriteArrayList<>();
  private final Thread interrupted = new Thread(this::cleanUpAtExit, "scene-clean-up");
  private Path directory;

  /** Makes storage work again. */
  @FunctionalInterface
  private interface Remedy {
    void apply() throws IOException;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    // Not the default directory: the path of a socket must be short.
    directory = Files.createTempDirectory(Path.of("/tmp"), "sanlockd-it");
    Runtime.getRuntime().addShutdownHook(interrupted);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (context.getExecutionException().isPresent()) {
      for (Daemon daemon : daemons) {
        System.out.println(context.getDisplayName() + ": " + daemon + ", " + daemon.logTail());
      }
    }
    Runtime.getRuntime().removeShutdownHook(interrupted);
    cleanUp();
  }

  private void cleanUp() throws Exception {
    // A process can not end while its I/O is held.
    Exception failure = null;
    for (Remedy remedy : remedies) {
      try {
        remedy.apply();
      } catch (IOException e) {
        failure = e;
      }
    }
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        failure = e;
      }
    }
    delete(directory);
    if (failure != null) {
      throw failure;
    }
  }

  /** The user interrupted the run: daemons and mounts shall not stay behind. */
  private void cleanUpAtExit() {
    try {
      cleanUp();
    } catch (Exception e) {
      System.out.println("cleaning up after an interrupted test: " + e);
    }
  }

  Path directory() {
    return directory;
  }

  /** Closes {@code thing} after the test. */
  <T extends AutoCloseable> T own(T thing) {
    owned.push(thing);
    return thing;
  }

  Daemon daemon(Implementation implementation, String name, String... options) throws Exception {
    Daemon daemon = own(Daemon.start(implementation, directory, name, options));
    daemons.add(daemon);
    return daemon;
  }

  /** A daemon that drives the watchdog of a host. */
  Daemon daemon(WatchdogHost host, Implementation implementation, String... options)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("-w", "1"));
    all.addAll(List.of(options));
    Daemon daemon = own(Daemon.start(implementation, directory, "host", host::inside, all));
    daemons.add(daemon);
    return daemon;
  }

  /** A host with a watchdog. Storage of a test must be there before. */
  WatchdogHost watchdogHost(Implementation wdmd) throws Exception {
    return own(WatchdogHost.start(wdmd, directory));
  }

  Storage storage(Storage.Kind kind, int areas) throws IOException {
    return own(Storage.create(kind, directory, areas));
  }

  /** Storage that misbehaves on command; it is well again before anything is ended. */
  Storage faultyStorage(int areas) throws IOException {
    Storage storage = own(Storage.createFaulty(directory, areas));
    remedies.add(storage.fault()::heal);
    return storage;
  }

  /** A file system that can be frozen; it is thawed before anything is ended. */
  FrozenFileSystem freezableFileSystem() throws IOException {
    FrozenFileSystem fileSystem = own(FrozenFileSystem.mount(directory));
    remedies.add(fileSystem::thaw);
    return fileSystem;
  }

  Holder holder(Cli cli, String... resources) throws Exception {
    return own(Holder.start(cli, resources));
  }

  PythonClient python(Daemon daemon, String script, Object... arguments) throws Exception {
    return own(PythonClient.start(daemon, directory, script, arguments));
  }

  /** A process that uses the C library against a daemon. */
  LibraryClient library(Daemon daemon) throws IOException {
    return own(LibraryClient.start(daemon, directory));
  }

  Victims victims(Daemon daemon, Victim... victims) throws Exception {
    return own(Victims.start(daemon, directory, victims));
  }

  private static void delete(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException exception)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
