package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import java.nio.ByteBuffer;

/** A message ready to be sent once; made by {@link Requests}. */
public final class Request {
  private final Command command;
  private final ByteBuffer message;

  Request(Command command, ByteBuffer message) {
    this.command = command;
    this.message = message;
  }

  /** What it asks for. */
  public Command command() {
    return command;
  }

  /** Header and payload, position to limit. */
  ByteBuffer message() {
    return message.duplicate();
  }
}
