package io.sanlockd.it.fault;

import io.sanlockd.posix.PosixException;
import java.io.IOException;
import java.nio.file.Path;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** mount(2) and umount2(2). */
final class Mounts {
  private static final LibC C = LibraryLoader.create(LibC.class).load("libc.so.6");
  private static final int MNT_DETACH = 2;

  private Mounts() {}

  /** Public because the generated binding lives in another package. */
  public interface LibC {
    int mount(String source, String target, String type, long flags, String data);

    int umount2(String target, int flags);
  }

  static void mount(String source, Path target, String type, String data) throws IOException {
    check("mount", target, C.mount(source, target.toString(), type, 0, data));
  }

  /** Unmounts, even when files are still open: the mount point is free at once. */
  static void detach(Path target) throws IOException {
    check("umount", target, C.umount2(target.toString(), MNT_DETACH));
  }

  private static void check(String call, Path target, int result) throws PosixException {
    if (result < 0) {
      throw new PosixException(call, target.toString(), Runtime.getRuntime(C).getLastError());
    }
  }
}
