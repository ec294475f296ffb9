package io.sanlockd.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A recorded conversation between a client and the C daemon, as the README beside the captures
 * describes: blocks of bytes sent by either side on numbered connections.
 *
 * @param name file name without its ending
 * @param blocks in the order of the file
 * @param openedEarlier connections whose opening is not part of the capture, with true
 */
record WireCapture(String name, List<Block> blocks, Map<Integer, Boolean> openedEarlier) {
  /** Who sent a block. */
  enum Sender {
    CLIENT,
    DAEMON
  }

  /** What one call sent or received. */
  static final class Block {
    private final int connection;
    private final Sender sender;
    private final byte[] bytes;

    Block(int connection, Sender sender, byte[] bytes) {
      this.connection = connection;
      this.sender = sender;
      this.bytes = bytes.clone();
    }

    int connection() {
      return connection;
    }

    Sender sender() {
      return sender;
    }

    byte[] bytes() {
      return bytes.clone();
    }
  }

  /** All captures of a directory, by name. */
  static List<WireCapture> readAll(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .map(WireCapture::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static WireCapture read(Path file) {
    try {
      String name = file.getFileName().toString().replace(".txt", "");
      return new Parser(name, Files.readAllLines(file, StandardCharsets.ISO_8859_1)).parse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything one side sent on a connection. */
  byte[] stream(int connection, Sender sender) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Block block : blocks) {
      if (block.connection() == connection && block.sender() == sender) {
        out.writeBytes(block.bytes());
      }
    }
    return out.toByteArray();
  }

  @Override
  public String toString() {
    return name;
  }

  private static final class Parser {
    private final String name;
    private final List<String> lines;
    private final List<Block> blocks = new ArrayList<>();
    private final Map<Integer, Boolean> openedEarlier = new TreeMap<>();
    private int at;

    Parser(String name, List<String> lines) {
      this.name = name;
      this.lines = lines;
    }

    WireCapture parse() {
      while (at < lines.size()) {
        String line = lines.get(at++);
        if (line.startsWith("> ") || line.startsWith("< ")) {
          block(line);
        } else if (line.startsWith("@ conn") && line.contains("open")) {
          openedEarlier.put(
              Integer.parseInt(line.split(" ", -1)[2]), line.contains("opened earlier"));
        }
      }
      return new WireCapture(name, blocks, openedEarlier);
    }

    private void block(String heading) {
      String[] words = heading.split(" ", -1);
      int length = Integer.parseInt(words[3]);
      byte[] bytes = dump(length);
      Sender sender = words[0].equals(">") ? Sender.CLIENT : Sender.DAEMON;
      blocks.add(new Block(Integer.parseInt(words[2]), sender, bytes));
    }

    private byte[] dump(int length) {
      byte[] bytes = new byte[length];
      int filled = 0;
      boolean repeat = false;
      while (filled < length || repeat) {
        String line = lines.get(at++);
        if (line.startsWith("#")) {
          continue;
        }
        if (line.equals("*")) {
          repeat = true;
          continue;
        }
        int offset = Integer.parseInt(line.substring(0, 6), 16);
        for (; repeat && filled < offset; filled++) {
          bytes[filled] = bytes[filled - 16];
        }
        repeat = false;
        filled = row(line, bytes, offset);
      }
      return bytes;
    }

    private static int row(String line, byte[] bytes, int offset) {
      int filled = offset;
      if (line.length() > 8) {
        String hex = line.substring(8, Math.min(line.length(), 8 + 48)).trim();
        for (String pair : hex.split(" +", -1)) {
          bytes[filled++] = (byte) Integer.parseInt(pair, 16);
        }
      }
      return filled;
    }
  }
}
