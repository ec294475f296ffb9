package io.sanlockd.cli;

import io.sanlockd.cli.operate.Bytes;
import io.sanlockd.cli.operate.Json;
import io.sanlockd.cli.operate.JsonAnswers;
import io.sanlockd.cli.operate.MetricFamilies;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.ResultCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code --json}, {@code --watch[=SECONDS]} and {@code --count=N} of client and direct actions,
 * which the C program does not have. Loaded only when one of them is given.
 */
final class LongOptions {
  private static final String WATCHABLE = " status gets host_status renewal metrics ";
  private static final String CLEAR_SCREEN = "\033[H\033[2J";
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final int MOST_SECONDS = 3600;
  private static final int REFUSED = -111;

  private final String command;
  private final String action;
  private final Invocation invocation;
  private final List<String> words = new ArrayList<>();
  private boolean isJson;
  private int watchSeconds;
  private int rounds = Integer.MAX_VALUE;

  private LongOptions(String command, String action, Invocation invocation) {
    this.command = command;
    this.action = action;
    this.invocation = invocation;
  }

  /** Whether an action of the client can be repeated. */
  static boolean canBeWatched(String action) {
    return WATCHABLE.contains(" " + action + " ");
  }

  /** Whether the output of an action can be JSON: not that of a program. */
  static boolean takesJson(String action) {
    return !action.equals("command");
  }

  /**
   * Runs an action with its long options.
   *
   * @param command client or direct
   * @param place the word after a direct action that takes one, else null
   * @param from where the options begin
   * @throws UsageError for options that can not be used
   */
  static int run(
      String command, String action, String place, String[] args, int from, Invocation invocation)
      throws UsageError {
    LongOptions options = new LongOptions(command, action, invocation);
    options.read(args, from);
    return options.run(place);
  }

  private void read(String[] args, int from) throws UsageError {
    int at = from;
    while (at < args.length) {
      String word = args[at];
      if (Sanlock.isLong(word)) {
        take(word);
        at++;
      } else if (word.equals("-c")) {
        words.addAll(List.of(args).subList(at, args.length));
        break;
      } else {
        int count = word.equals("-D") ? 1 : 2;
        words.addAll(List.of(args).subList(at, Math.min(args.length, at + count)));
        at += count;
      }
    }
    if (watchSeconds > 0 && !(command.equals("client") && canBeWatched(action))) {
      throw new UsageError("--watch is for client actions" + WATCHABLE.stripTrailing());
    }
    if (isJson && !takesJson(action)) {
      throw new UsageError("--json is not for command, whose output is the program's");
    }
  }

  private void take(String word) throws UsageError {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    switch (name) {
      case "--json" -> isJson = true;
      case "--watch" -> watchSeconds = equals < 0 ? 2 : number(word, equals, MOST_SECONDS);
      case "--count" -> rounds = number(word, equals, Integer.MAX_VALUE);
      default ->
          throw new UsageError("unknown option " + word + "\nspace required before option value");
    }
  }

  private static int number(String word, int equals, int most) throws UsageError {
    try {
      int number = Integer.parseInt(word.substring(equals + 1));
      if (equals > 0 && number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new UsageError(word + " needs a number from 1 to " + most + ", as in --watch=5");
  }

  private int run(String place) throws UsageError {
    if (watchSeconds == 0) {
      return round(place);
    }
    int status = 0;
    for (int i = 0; i < rounds && !invocation.out().isBroken(); i++) {
      if (i > 0) {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(watchSeconds));
      }
      if (!isJson) {
        heading();
      }
      status = round(place);
      invocation.out().flush();
    }
    return status;
  }

  private void heading() {
    Out out = invocation.out();
    if (out.isTerminal()) {
      out.text(CLEAR_SCREEN);
    }
    out.line(
        "every "
            + watchSeconds
            + " s: "
            + action
            + "  "
            + CLOCK.format(LocalTime.now(ZoneId.systemDefault())));
  }

  private int round(String place) throws UsageError {
    return isJson ? json(place) : perform(place, invocation, new int[1]);
  }

  private int perform(String place, Invocation target, int[] result) throws UsageError {
    ParsedOptions options = new OptionParser(target).parse(words.toArray(new String[0]), 0);
    Session session = new Session(action, options, target);
    int status =
        command.equals("client")
            ? ClientActions.run(action, session)
            : DirectActions.run(action, place, session);
    result[0] = session.result();
    return status;
  }

  private int json(String place) throws UsageError {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Invocation quiet = invocation.printingTo(new Out(out, false), new Out(err, false));
    ParsedOptions options = new OptionParser(quiet).parse(words.toArray(new String[0]), 0);
    JsonAnswers.Question question =
        new JsonAnswers.Question(
            action,
            options.lockspace(),
            options.resources().stream()
                .map(r -> r.withFlags(r.flags() | options.sizeFlags()))
                .toList(),
            options.integer('p', -1),
            options.isOn('h'));
    int[] result = new int[1];
    int status;
    Map<String, Object> data = null;
    if (command.equals("client") && JsonAnswers.shows(question)) {
      try {
        data = JsonAnswers.of(new SanlockClient(invocation.endpoint()), question).orElse(null);
        status = 0;
      } catch (SanlockException e) {
        result[0] = e.number();
        Session session = new Session(action, options, quiet);
        if (e.number() == REFUSED || !Files.exists(Path.of(invocation.endpoint().socketPath()))) {
          session.connectionFailed();
        }
        status = session.finish(e.number());
      }
    } else {
      status = perform(place, quiet, result);
      quiet.out().flush();
      data = ofText(lines(out));
    }
    quiet.err().flush();
    invocation.out().line(Bytes.of(document(status, result[0], lines(err), data)));
    return status;
  }

  private String document(int status, int result, List<String> messages, Map<String, Object> data) {
    Optional<ResultCode> code = result < 0 ? ResultCode.of(result) : Optional.empty();
    return Json.write(
        Json.object(
            "schema", Json.SCHEMA_VERSION,
            "command", command + " " + action,
            "exit_status", status,
            "result", result,
            "error",
                result >= 0
                    ? null
                    : Json.object(
                        "name", code.map(ResultCode::name).orElse(null),
                        "cause", code.map(ResultCode::cause).orElse(null),
                        "advice", code.map(ResultCode::advice).orElse(null)),
            "messages", messages,
            "data", data));
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes
        .toString(StandardCharsets.ISO_8859_1)
        .lines()
        .map(Bytes::toUnicode)
        .filter(line -> !line.isBlank())
        .toList();
  }

  /** The lines of an action that has no answer of its own; what can be told apart as members. */
  private Map<String, Object> ofText(List<String> lines) {
    if (action.equals("metrics")) {
      return lines.isEmpty() ? null : MetricFamilies.of(lines);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    if (action.equals("read_leader")) {
      Map<String, Object> leader = new LinkedHashMap<>();
      for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
        int blank = line.indexOf(' ');
        if (blank > 0) {
          leader.put(line.substring(0, blank), line.substring(blank + 1));
        }
      }
      data.put("leader", leader);
    }
    data.put("lines", lines);
    return data;
  }
}
