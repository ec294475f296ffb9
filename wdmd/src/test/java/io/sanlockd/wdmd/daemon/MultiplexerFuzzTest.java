package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Any messages of any clients in any order: wdmd goes on, and a promise is not outlived. */
class MultiplexerFuzzTest {
  private static final int MESSAGES = 20;

  @Test
  void everyMessageLeavesAWorkingMultiplexer() {
    long messages = Fuzz.count(10_000);
    Fuzz.runCases("wdmd messages", (messages + MESSAGES - 1) / MESSAGES, MultiplexerFuzzTest::talk);
  }

  private static void talk(Input input) {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    List<VirtualWdmd.Peer> peers = new ArrayList<>();
    double now = 1000;
    byte[] sent = input.working(new byte[MESSAGES * WdmdMessage.BYTES]);
    for (int i = 0; i < MESSAGES; i++) {
      if (peers.isEmpty() || input.onceIn(6)) {
        peers.add(wdmd.connect());
      }
      VirtualWdmd.Peer peer = input.oneOf(peers);
      byte[] bytes = bytes(input, (long) now);
      System.arraycopy(bytes, 0, sent, i * WdmdMessage.BYTES, bytes.length);
      peer.message.buffer().clear().put(bytes).clear();
      Multiplexer.Reply reply =
          wdmd.multiplexer.message(peer.client, peer.message, VirtualWdmd.PID);
      if (reply == Multiplexer.Reply.CLOSE || input.onceIn(8)) {
        peer.close();
        peers.remove(peer);
      }
      now += input.below(4);
      wdmd.runUntil(now);
      assertThat(wdmd.multiplexer.doWork()).isNotNegative();
      assertThat(wdmd.multiplexer.dump(5, 6)).isNotNull();
    }
    // Somebody who comes later is still served.
    assertThat(wdmd.connect().send(WdmdCommand.STATUS)).isEqualTo(Multiplexer.Reply.MESSAGE);
  }

  private static byte[] bytes(Input input, long now) {
    WdmdMessage message = WdmdMessage.allocate();
    message.begin(input.oneOf(List.of(WdmdCommand.values())));
    message.name("client");
    message.fireTimeoutSeconds(input.oneOf(List.of(10, 60, 60, 0, -1)));
    message.renewalTime(now);
    message.expireTime(input.onceIn(3) ? 0 : now + input.below(80));
    byte[] bytes = new byte[WdmdMessage.BYTES];
    message.buffer().clear().get(bytes);
    return input.onceIn(3) ? input.damaged(bytes) : bytes;
  }
}
