package io.sanlockd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a program is measured.
 *
 * @param tree the packaged tree
 * @param work gets run directories and logs
 * @param directory gets the files of storage
 * @param kind the storage
 */
record Site(Path tree, Path work, Path directory, StorageKind kind) {
  /** Storage for one measurement. */
  Storage storage(int areas) throws IOException {
    return Storage.create(kind, directory, areas);
  }

  /** A further daemon; {@code name} is also that of its host. */
  DaemonProcess daemon(Program program, String name, String... options) throws IOException {
    return DaemonProcess.start(
        program.path(tree), work, program.label() + "-" + name, List.of(options));
  }
}
