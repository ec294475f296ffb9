package io.sanlockd.it;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/**
 * How a process behaves that holds leases and is going to lose them. The plain one ends at the
 * first SIGTERM.
 */
final class Victim {
  static final int RESTRICT_SIGKILL = 2;
  static final int RESTRICT_SIGTERM = 4;

  /** For {@link #survives}. */
  static final int ALL = -1;

  private final JsonObject spec = new JsonObject();

  private Victim() {
    spec.add("leases", new JsonArray());
    spec.addProperty("restrict", 0);
    spec.add("killpath", JsonNull.INSTANCE);
    spec.addProperty("killpid", false);
    spec.addProperty("terms", 0);
    spec.addProperty("closes", false);
    spec.add("stuck", JsonNull.INSTANCE);
  }

  /** A program for {@link #withKillpath} that adds a line with its arguments to a file. */
  static Path killpathProgram(Path directory, Path output) throws IOException {
    Path program = directory.resolve("killpath");
    Files.writeString(program, "#!/bin/sh\n{ printf '%s,' \"$@\"; echo; } >>" + output + "\n");
    Assertions.assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  /** Holds the lease in an area of the storage, 1 or higher. */
  static Victim holding(Storage storage, String lockspace, int area) {
    return new Victim().alsoHolding(storage, lockspace, area);
  }

  Victim alsoHolding(Storage storage, String lockspace, int area) {
    JsonArray lease = new JsonArray();
    lease.add(lockspace);
    lease.add(storage.path().toString());
    lease.add(area);
    spec.getAsJsonArray("leases").add(lease);
    return this;
  }

  /** Restricts the signals that the daemon may use. */
  Victim restricting(int flags) {
    spec.addProperty("restrict", flags);
    return this;
  }

  /** Sets the program that stops it. */
  Victim withKillpath(boolean appendPid, String... program) {
    JsonArray words = new JsonArray();
    for (String word : program) {
      words.add(word);
    }
    spec.add("killpath", words);
    spec.addProperty("killpid", appendPid);
    return this;
  }

  /** Survives so many SIGTERMs. */
  Victim survives(int terms) {
    spec.addProperty("terms", terms);
    return this;
  }

  /** Closes its connection at the first SIGTERM and lives on as far as {@link #survives} says. */
  Victim closingItsConnection() {
    spec.addProperty("closes", true);
    return this;
  }

  /** Is inside a read of this file that does not return, so that no signal can end it. */
  Victim stuckReading(Path file) {
    spec.addProperty("stuck", file.toString());
    return this;
  }

  JsonObject spec() {
    return spec;
  }
}
