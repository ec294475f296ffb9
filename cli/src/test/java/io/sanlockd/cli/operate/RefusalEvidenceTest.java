package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evidence is an addition: without an answer there is none, and nobody waits for it for ever. */
class RefusalEvidenceTest {
  private static final int HELD_BY_ANOTHER = -243;

  private static Refusal refusal(int result) {
    Resource resource = Resource.named(LeaseName.of("ls"), LeaseName.of("r1"));
    return new Refusal("acquire", result, Lockspace.NONE, List.of(resource), 1);
  }

  @Test
  @Timeout(60)
  void aDaemonThatDoesNotAnswerDelaysNobodyForEver(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("sanlock.sock");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      Endpoint endpoint = new Endpoint(socket.toString(), 0);
      assertThat(RefusalEvidence.of(refusal(HELD_BY_ANOTHER), endpoint, 60)).isEmpty();
    }
  }

  @Test
  void aDiskThatIsNotThereIsNamed() throws Exception {
    Resource resource = ResourceText.parse("ls:r1:/nonexistent/disk:0");
    Refusal refusal = new Refusal("command", -2, Lockspace.NONE, List.of(resource), -1);
    Endpoint nobody = new Endpoint("/nonexistent/sanlock.sock", 0);
    assertThat(RefusalEvidence.of(refusal, nobody, 60))
        .containsExactly("there is no /nonexistent/disk on this host");
  }

  @Test
  void withoutADaemonOrForAnUnknownResultThereIsNone() {
    Endpoint nobody = new Endpoint("/nonexistent/sanlock.sock", 0);
    assertThat(RefusalEvidence.of(refusal(HELD_BY_ANOTHER), nobody, 60)).isEmpty();
    assertThat(RefusalEvidence.of(refusal(-9999), nobody, 60)).isEmpty();
  }
}
