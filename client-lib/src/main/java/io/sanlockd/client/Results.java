package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateText;
import io.sanlockd.protocol.TextFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Payloads of replies as values. A payload of the wrong form counts as a broken reply (-1). */
final class Results {
  private Results() {}

  static Reply checked(Command command, Reply reply) throws SanlockException {
    if (reply.result() < 0) {
      throw new SanlockException(reply.result(), command);
    }
    return reply;
  }

  static Lockspace lockspace(Reply reply) throws SanlockException {
    try {
      return Lockspace.decode(reply.payload().duplicate());
    } catch (ProtocolException e) {
      throw broken(Command.READ_LOCKSPACE);
    }
  }

  static Resource resource(Reply reply) throws SanlockException {
    try {
      return Resource.decode(reply.payload().duplicate());
    } catch (ProtocolException e) {
      throw broken(Command.READ_RESOURCE);
    }
  }

  static List<Lockspace> lockspaces(Reply reply) throws SanlockException {
    ByteBuffer payload = reply.payload().duplicate();
    List<Lockspace> lockspaces = new ArrayList<>();
    try {
      while (payload.hasRemaining()) {
        lockspaces.add(Lockspace.decode(payload));
      }
    } catch (ProtocolException e) {
      throw broken(Command.GET_LOCKSPACES);
    }
    return lockspaces;
  }

  static List<Host> hosts(Reply reply, int from) throws SanlockException {
    ByteBuffer payload = reply.payload().duplicate();
    List<Host> hosts = new ArrayList<>();
    try {
      payload.position(Math.min(from, payload.limit()));
      while (payload.hasRemaining()) {
        hosts.add(Host.decode(payload));
      }
    } catch (ProtocolException e) {
      throw broken(Command.GET_HOSTS);
    }
    return hosts;
  }

  static IndexEntry entry(Command command, Reply reply) throws SanlockException {
    try {
      return IndexEntry.decode(reply.payload().duplicate());
    } catch (ProtocolException e) {
      throw broken(command);
    }
  }

  static List<Resource> leases(Reply reply) throws SanlockException {
    try {
      return StateText.parse(text(reply));
    } catch (TextFormatException e) {
      throw new SanlockException(e.number(), Command.INQUIRE);
    }
  }

  /** The payload up to its terminator, one char for each byte. */
  static String text(Reply reply) {
    byte[] bytes = bytes(reply);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(Reply reply) {
    byte[] bytes = new byte[reply.payload().remaining()];
    reply.payload().duplicate().get(bytes);
    return bytes;
  }

  private static SanlockException broken(Command command) {
    return new SanlockException(TransportException.SHORT_READ, command);
  }
}
