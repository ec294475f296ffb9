package io.sanlockd.daemon.golden;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What client and daemon sent on each connection of one recording. */
public final class Capture {
  private static final int ROW_AT = 8;
  private static final int ROW_END = 56;
  private static final int ROW_BYTES = 16;

  private final String name;
  private final Map<Integer, ByteArrayOutputStream> requests = new TreeMap<>();
  private final Map<Integer, ByteArrayOutputStream> replies = new TreeMap<>();

  private Capture(String name) {
    this.name = name;
  }

  /** Reads a recording from the class path. */
  public static Capture read(String name) {
    try (InputStream stream = Capture.class.getResourceAsStream("/wire/" + name + ".txt")) {
      if (stream == null) {
        throw new IllegalArgumentException("no recording " + name);
      }
      List<String> lines =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1))
              .lines()
              .toList();
      Capture capture = new Capture(name);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("> ") || line.startsWith("< ")) {
          String[] words = line.split(" ", -1);
          Map<Integer, ByteArrayOutputStream> side =
              words[0].equals(">") ? capture.requests : capture.replies;
          side.computeIfAbsent(Integer.valueOf(words[2]), c -> new ByteArrayOutputStream())
              .writeBytes(dump(lines, i + 1, Integer.parseInt(words[3])));
        }
      }
      return capture;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] dump(List<String> lines, int first, int length) {
    byte[] bytes = new byte[length];
    int filled = 0;
    boolean repeat = false;
    for (int i = first; filled < length; i++) {
      String line = lines.get(i);
      if (line.equals("*")) {
        repeat = true;
      } else if (!line.startsWith("#")) {
        int offset = Integer.parseInt(line.substring(0, 6), 16);
        for (; repeat && filled < offset; filled++) {
          bytes[filled] = bytes[filled - ROW_BYTES];
        }
        repeat = false;
        if (line.length() > ROW_AT) {
          String row = line.substring(ROW_AT, Math.min(line.length(), ROW_END)).trim();
          for (String pair : row.split(" +", -1)) {
            bytes[filled++] = (byte) Integer.parseInt(pair, 16);
          }
        }
      }
    }
    return bytes;
  }

  /** Everything the client sent on a connection. */
  public byte[] requests(int connection) {
    return bytes(requests, connection);
  }

  /** Everything the client read on a connection. */
  public byte[] replies(int connection) {
    return bytes(replies, connection);
  }

  private static byte[] bytes(Map<Integer, ByteArrayOutputStream> side, int connection) {
    ByteArrayOutputStream stream = side.get(connection);
    return stream == null ? new byte[0] : stream.toByteArray();
  }

  @Override
  public String toString() {
    return name;
  }
}
