package io.sanlockd.cli.operate;

import io.sanlockd.model.ResultCode;
import io.sanlockd.model.flight.FlightRecord;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Records of a flight in words. */
final class FlightSentences {
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final String CUT = "...";

  private FlightSentences() {}

  /** What a record says, without its time and lockspace. */
  static String of(FlightRecord record) {
    return record.event().isEmpty()
        ? "something a later version knows, kind " + record.kind()
        : switch (record.event().get()) {
          case STARTED -> "the daemon starts, host " + text(record);
          case ENDED -> "the daemon ends by itself";
          case RECORDS_LOST -> record.a() + " events could not be recorded";
          case LOG_WARNING -> "log: " + text(record);
          case LOG_ERROR -> "log, error: " + text(record);
          case JOINED ->
              "joined as host "
                  + record.a()
                  + ", generation "
                  + record.b()
                  + ", io timeout "
                  + record.c()
                  + " s: "
                  + text(record);
          case JOIN_FAILED -> "could not be joined: " + result(record.a());
          case LEFT -> "left";
          case RENEWED -> "renewed, read " + record.b() + " ms, write " + record.c() + " ms";
          case RENEWAL_FAILED ->
              "renewal failed after "
                  + record.c()
                  + " s: "
                  + result(record.a())
                  + "; the last good one is "
                  + record.b()
                  + " s old";
          case RENEWAL_LATE ->
              "renewal is " + record.a() + " s old, the lease is lost in " + record.b() + " s";
          case STOPPING -> stopping(record);
          case KILLPATH -> "killpath program is started for process " + record.a();
          case SIGNAL -> signal(record.b()) + " is sent to process " + record.a();
          case PROCESS_GONE -> "process " + record.a() + " is gone";
          case STUCK -> record.a() + " processes survive every signal";
          case ALL_GONE -> "all processes are gone";
          case WATCHDOG_ARMED -> "watchdog armed" + expiry(record);
          case WATCHDOG_UPDATED -> "watchdog moved on" + expiry(record);
          case WATCHDOG_REFUSED -> "wdmd does not take the renewal: " + result(record.a());
          case WATCHDOG_DISARMED -> "watchdog disarmed";
          case WATCHDOG_LOST -> "wdmd is lost, so this host will be reset";
          case HELPER_STARTED -> "helper process " + record.a() + " runs";
          case HELPER_LOST -> "helper process " + record.a() + " is lost";
          case PAUSED -> "the daemon did not run: its main loop came " + record.a() + " ms late";
          case SUSPENDED -> "the host was suspended for " + record.a() + " s";
          case GRANTED ->
              "lease "
                  + text(record)
                  + (record.c() == 1 ? " shared" : "")
                  + " given to process "
                  + record.a()
                  + ", version "
                  + record.b();
          case REFUSED ->
              "lease " + text(record) + " refused to process " + record.a() + ": " + why(record);
          case RELEASED ->
              "lease "
                  + text(record)
                  + (record.a() == 0 ? " given back" : " not given back: " + result(record.a()));
          case CONVERTING ->
              "process "
                  + record.a()
                  + " wants lease "
                  + text(record)
                  + (record.b() == 1 ? " shared" : " exclusive")
                  + " from now on";
          case CONVERTED ->
              "lease "
                  + text(record)
                  + (record.c() == 1 ? " is shared now" : " is exclusive now")
                  + ", version "
                  + record.b();
          case CONVERT_REFUSED -> "lease " + text(record) + " is held as before: " + why(record);
          case CONVERT_HALFWAY ->
              "lease "
                  + text(record)
                  + " may be shared by others already, its conversion failed: "
                  + why(record);
          case ORPHANED ->
              "lease " + text(record) + " stays held as an orphan, last of process " + record.a();
          case REQUESTED ->
              "another host asks for lease "
                  + text(record)
                  + (record.c() == 1 ? " by force" : "")
                  + ", held by process "
                  + record.a()
                  + ": wants version "
                  + record.b();
        };
  }

  /** The result of a request about a lease, what it means, and whose the lease is, if known. */
  private static String why(FlightRecord record) {
    String cause = ResultCode.of((int) record.b()).map(code -> ", " + code.cause()).orElse("");
    String owner = record.c() == 0 ? "" : ": host " + Long.toUnsignedString(record.c());
    return result(record.b()) + cause + owner;
  }

  /** The text of a record in Unicode. */
  static String text(FlightRecord record) {
    return Bytes.toUnicode(record.text()) + (record.textCut() ? CUT : "");
  }

  private static String stopping(FlightRecord record) {
    String age = ", the last renewal is " + record.a() + " s old";
    return switch (record.text()) {
      case "EXPIRED" -> "LOST, its users are stopped: no renewal succeeded in time" + age;
      case "OVERWRITTEN" -> "LOST, its users are stopped: another host wrote to our host_id" + age;
      case "UNGUARDED" -> "its users are stopped because wdmd is lost" + age;
      default -> "is being left, its users are stopped";
    };
  }

  /** Relative to the record: the clock of then means nothing to a reader. */
  private static String expiry(FlightRecord record) {
    long nanos = TimeUnit.SECONDS.toNanos(record.a()) - record.monotonicNanos();
    return String.format(
        Locale.ROOT, ", expires in %.0f s", (double) nanos / TimeUnit.SECONDS.toNanos(1));
  }

  private static String signal(long number) {
    if (number == SIGKILL) {
      return "SIGKILL";
    }
    return number == SIGTERM ? "SIGTERM" : "signal " + number;
  }

  private static String result(long number) {
    return number + ResultCode.of((int) number).map(code -> " " + code.name()).orElse("");
  }
}
