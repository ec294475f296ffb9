package io.sanlockd.cli.operate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Small text files of /proc, /sys and /dev, seen from a directory that is the root in life. */
final class SystemFiles {
  private static final int MOST_BYTES = 65_536;

  private final Path root;

  SystemFiles(Path root) {
    this.root = root;
  }

  Path path(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /** The text without the end of its last line; empty when it can not be read. */
  Optional<String> text(String absolute) {
    // One read: files of the kernel tell no size, and some give nothing to a second read.
    try (InputStream file = Files.newInputStream(path(absolute))) {
      byte[] bytes = file.readNBytes(MOST_BYTES);
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Optional<Long> number(String absolute) {
    try {
      return text(absolute).map(Long::parseLong);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The names in a directory that begin so, sorted. */
  List<String> names(String directory, String prefix) {
    try (var files = Files.list(path(directory))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The first line that begins so, without that beginning. */
  Optional<String> line(String absolute, String prefix) {
    return text(absolute)
        .flatMap(text -> text.lines().filter(line -> line.startsWith(prefix)).findFirst())
        .map(line -> line.substring(prefix.length()).strip());
  }
}
