package io.sanlockd.cli.operate;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The terminal this program runs in. */
final class Terminal {
  private static final int USUAL_ROWS = 24;

  private Terminal() {}

  /** Its lines; 24 when it does not say. */
  static int rows() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      boolean hasEnded = stty.waitFor(1, TimeUnit.SECONDS);
      String rows = size.split(" ", -1)[0].strip();
      return hasEnded && rows.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(rows) : USUAL_ROWS;
    } catch (IOException e) {
      return USUAL_ROWS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL_ROWS;
    }
  }
}
