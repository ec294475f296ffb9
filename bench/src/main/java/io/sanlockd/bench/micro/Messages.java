package io.sanlockd.bench.micro;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Headers of the protocol. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Messages {
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(MessageHeader.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  private final MessageHeader header = MessageHeader.request(Command.INQUIRE, 0, 0, 0, 0);

  /** A header written and read again. */
  @Benchmark
  public MessageHeader headerThereAndBack() throws ProtocolException {
    bytes.clear();
    header.encode(bytes);
    bytes.flip();
    return MessageHeader.decode(bytes);
  }
}
