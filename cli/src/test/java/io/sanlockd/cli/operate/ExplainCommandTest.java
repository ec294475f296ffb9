package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.ResultCode;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ExplainCommandTest {
  @Test
  void everyResultIsFoundByNumberAndName() {
    for (ResultCode code : ResultCode.values()) {
      assertThat(ExplainCommand.find(Integer.toString(code.number()))).contains(code);
      assertThat(ExplainCommand.find(code.name())).contains(code);
      assertThat(ExplainCommand.find("sanlk_" + code.name().toLowerCase(Locale.ROOT)))
          .contains(code);
    }
    assertThat(ExplainCommand.find("243")).contains(ResultCode.ACQUIRE_IDLIVE);
  }

  @Test
  void causeAndAdviceAreThoseOfTheModel() {
    Screen screen = new Screen();
    assertThat(screen.run("explain", "-262", "ENOSPC")).isZero();
    assertThat(screen.out())
        .contains(ResultCode.HOSTID_BUSY.cause(), ResultCode.HOSTID_BUSY.advice())
        .contains(ResultCode.ENOSPC.cause(), "Lease host ID is being used by another host");
  }

  @Test
  void whatIsNotKnownIsSaidWithWhatMayHaveBeenMeant() {
    Screen screen = new Screen();
    assertThat(screen.run("explain", "idlive", "-999", "-42")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.err())
        .contains("did you mean ACQUIRE_IDLIVE?")
        .contains("no result has the number -999")
        .contains("-42 is errno 42");
  }

  @Test
  void withoutArgumentsAllAreListed() {
    Screen screen = new Screen();
    assertThat(screen.run("explain")).isZero();
    assertThat(screen.out().lines()).hasSize(ResultCode.values().length);
  }

  @Test
  void jsonIsOneLineWithVersion() {
    Screen screen = new Screen();
    assertThat(screen.run("explain", "--json", "-5")).isZero();
    assertThat(screen.out())
        .startsWith("{\"schema\":1,\"command\":\"explain\",\"exit_status\":0,\"data\":{\"codes\":[")
        .contains("\"name\":\"EIO\"")
        .endsWith("}\n");
  }
}
