package io.sanlockd.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lines of text, one byte for each char. On a terminal each line appears at once, otherwise all of
 * it at the end, so that a program killed while it waits has printed nothing, as with C's stdio.
 * Errors of the stream are ignored: nobody is left to hear of them.
 */
final class Out {
  private static final int BUFFER_LENGTH = 4096;
  private static final String STDOUT = "/proc/self/fd/1";

  private final OutputStream stream;
  private final boolean lineBuffered;
  private final StringBuilder buffer = new StringBuilder(BUFFER_LENGTH);
  private boolean broken;

  Out(OutputStream stream, boolean lineBuffered) {
    this.stream = stream;
    this.lineBuffered = lineBuffered;
  }

  static Out standardOutput() {
    return new Out(new FileOutputStream(FileDescriptor.out), isTerminalOutput());
  }

  static Out standardError() {
    return new Out(new FileOutputStream(FileDescriptor.err), true);
  }

  private static boolean isTerminalOutput() {
    try {
      String target = Files.readSymbolicLink(Path.of(STDOUT)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }

  Out text(String text) {
    buffer.append(text);
    return this;
  }

  void line(String text) {
    buffer.append(text).append('\n');
    if (lineBuffered || buffer.length() >= BUFFER_LENGTH) {
      flush();
    }
  }

  /** Whether nobody reads any more. */
  boolean isBroken() {
    return broken;
  }

  /** Whether a human watches lines appear. */
  boolean isTerminal() {
    return lineBuffered;
  }

  void flush() {
    byte[] bytes = buffer.toString().getBytes(StandardCharsets.ISO_8859_1);
    buffer.setLength(0);
    try {
      stream.write(bytes);
      stream.flush();
    } catch (IOException e) {
      // Like a closed pipe for a C program that ignores SIGPIPE.
      broken = true;
    }
  }
}
