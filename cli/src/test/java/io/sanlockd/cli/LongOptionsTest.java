package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sanlockd.client.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Options that the C program does not have; answers of real daemons are in OperateIT. */
class LongOptionsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return run(out, args);
  }

  private int run(OutputStream target, String... args) {
    Endpoint endpoint = new Endpoint("/nonexistent/sanlock.sock", 0);
    Invocation invocation =
        new Invocation(
            "sanlock",
            endpoint,
            new CommandConfig("/nonexistent/sanlock.conf"),
            line -> {},
            new Out(target, false),
            new Out(err, false));
    return new Sanlock(invocation).run(args);
  }

  private String text() {
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private JsonObject json() {
    return JsonParser.parseString(text()).getAsJsonObject();
  }

  @Test
  void aFailureIsADocumentWithResultErrorAndMessages() {
    assertThat(run("client", "acquire", "-r", "ls:res:/x:0", "--json", "-p", "1")).isEqualTo(1);
    JsonObject document = json();
    assertThat(document.get("schema").getAsInt()).isEqualTo(1);
    assertThat(document.get("command").getAsString()).isEqualTo("client acquire");
    assertThat(document.get("exit_status").getAsInt()).isEqualTo(1);
    assertThat(document.get("result").getAsInt()).isEqualTo(-2);
    assertThat(document.getAsJsonObject("error").get("name").getAsString()).isEqualTo("ENOENT");
    assertThat(document.get("messages").toString()).contains("no daemon at /nonexistent");
    assertThat(document.getAsJsonObject("data").get("lines").toString())
        .isEqualTo("[\"acquire pid 1\",\"acquire done -2\"]");
    assertThat(err.size()).isZero();
    assertThat(text().lines()).hasSize(1);
  }

  @Test
  void anActionThatShowsSomethingHasNoDataWithoutADaemon() {
    assertThat(run("status", "--json")).isEqualTo(1);
    assertThat(json().get("data").isJsonNull()).isTrue();
    assertThat(json().get("result").getAsInt()).isEqualTo(-2);
    assertThat(json().get("messages").toString()).contains("no daemon at /nonexistent");
  }

  @Test
  void aDirectActionAsksNoDaemonWhyItFailed() {
    assertThat(run("direct", "release", "-r", "ls:res:/nonexistent:0")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.ISO_8859_1)).doesNotContain("registered");
  }

  @Test
  void exitStatusIsThatOfTheText() {
    String[] action = {"direct", "read_leader", "-s", "ls:1:/nonexistent:0"};
    int status = run(OutputStream.nullOutputStream(), action);
    assertThat(run("direct", "read_leader", "-s", "ls:1:/nonexistent:0", "--json"))
        .isEqualTo(status);
    assertThat(json().getAsJsonObject("data").getAsJsonObject("leader").has("magic")).isTrue();
  }

  @Test
  void aValueOfAnOptionIsNoLongOption() {
    assertThat(run("client", "inquire", "-p", "--json")).isEqualTo(1);
    assertThat(text()).startsWith("inquire pid 0\n");
  }

  @Test
  void watchingRepeats() {
    assertThat(run("client", "gets", "--watch=1", "--count=2")).isEqualTo(1);
    assertThat(text()).contains("every 1 s: gets", "gets error -2");
    assertThat(text().lines().filter(line -> line.startsWith("every"))).hasSize(2);
  }

  @Test
  void watchingEndsWhenNobodyReads() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("closed");
          }
        };
    assertThat(run(closed, "client", "gets", "--watch=1")).isEqualTo(1);
  }

  @Test
  void whatMakesNoSenseIsRefusedAndNothingDone() {
    assertThat(run("client", "acquire", "--watch")).isEqualTo(1);
    assertThat(run("client", "status", "--watch=0")).isEqualTo(1);
    assertThat(run("client", "status", "--count")).isEqualTo(1);
    assertThat(run("client", "command", "--json", "-c", "/bin/true")).isEqualTo(1);
    assertThat(run("client", "status", "--nonsense")).isEqualTo(1);
    assertThat(text())
        .contains("--watch is for client actions status gets host_status renewal")
        .contains("--watch=0 needs a number from 1 to 3600")
        .contains("--count needs a number")
        .contains("--json is not for command")
        .contains("unknown option --nonsense\nspace required before option value");
    assertThat(err.toString(StandardCharsets.ISO_8859_1)).contains("nothing was done");
  }
}
