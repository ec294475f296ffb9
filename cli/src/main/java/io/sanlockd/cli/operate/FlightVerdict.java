package io.sanlockd.cli.operate;

import io.sanlockd.cli.operate.FlightLifeStory.End;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.FlightRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What can be said for certain about the end of a life. Within a life times are differences of
 * CLOCK_MONOTONIC; across a boot there is only the wall clock.
 */
final class FlightVerdict {
  private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final FlightLifeStory story;
  private final Map<LeaseName, Space> spaces = new LinkedHashMap<>();

  /** What is known of a lockspace in a life. */
  private static final class Space {
    private boolean joined;
    private FlightRecord renewed;
    private FlightRecord promise;
    private FlightRecord lost;
    private int signals;
    private final Set<Long> signalled = new LinkedHashSet<>();
  }

  private FlightVerdict(FlightLifeStory story) {
    this.story = story;
    story.records().forEach(this::note);
  }

  /** Sentences; none when there is nothing to explain. */
  static List<String> of(FlightLifeStory story) {
    return new FlightVerdict(story).sentences();
  }

  private void note(FlightRecord record) {
    if (record.event().isEmpty() || record.lockspace().isEmpty()) {
      return;
    }
    Space space = spaces.computeIfAbsent(record.lockspace(), name -> new Space());
    switch (record.event().get()) {
      case JOINED -> space.joined = true;
      case RENEWED -> {
        space.joined = true;
        space.renewed = record;
      }
      case WATCHDOG_ARMED, WATCHDOG_UPDATED -> space.promise = record;
      case WATCHDOG_DISARMED -> space.promise = null;
      case STOPPING -> {
        space.lost = record.text().equals("REMOVED") ? null : record;
        // Those before were for requests of other hosts.
        space.signals = 0;
        space.signalled.clear();
      }
      case SIGNAL -> {
        space.signals++;
        space.signalled.add(record.a());
      }
      case PROCESS_GONE -> space.signalled.remove(record.a());
      case LEFT -> spaces.remove(record.lockspace());
      default -> {}
    }
  }

  private List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    spaces.forEach((name, space) -> tellLoss(Bytes.toUnicode(name.text()), space, sentences));
    if (story.cutShort()) {
      spaces.values().removeIf(space -> !space.joined);
      if (spaces.isEmpty()) {
        sentences.add(endOfAll() + ". No lockspace was joined.");
      }
      spaces.forEach((name, space) -> tellEnd(Bytes.toUnicode(name.text()), space, sentences));
    }
    return sentences;
  }

  private static void tellLoss(String name, Space space, List<String> sentences) {
    if (space.lost == null) {
      return;
    }
    String left =
        space.signalled.isEmpty()
            ? ""
            : "; not known to be gone: " + String.join(", ", numbers(space.signalled));
    sentences.add(
        String.format(
            Locale.ROOT,
            "%s was lost %d s after its last renewal; %s sent%s.",
            name,
            space.lost.a(),
            space.signals == 1 ? "1 signal was" : space.signals + " signals were",
            left));
  }

  private static List<String> numbers(Set<Long> pids) {
    return pids.stream().map(String::valueOf).toList();
  }

  private String endOfAll() {
    if (story.end() == End.HOST_DOWN && story.bootMillis().isPresent()) {
      double seconds = (story.bootMillis().getAsLong() - story.last().wallMillis()) / MILLIS;
      return String.format(
          Locale.ROOT, "The host went down within %.0f s after the last record", seconds);
    }
    return story.end() == End.HOST_DOWN
        ? "The host went down after the last record"
        : "The daemon ended after the last record";
  }

  private void tellEnd(String name, Space space, List<String> sentences) {
    if (space.renewed == null) {
      return;
    }
    double least = secondsAfterRenewal(space, story.last());
    if (story.end() != End.HOST_DOWN) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "The daemon ended at least %.0f s after the last renewal of %s, which it had not"
                  + " left.",
              least,
              name));
      return;
    }
    if (story.bootMillis().isEmpty()) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "The host went down at least %.0f s after the last renewal of %s.",
              least,
              name));
      return;
    }
    double most = least + (story.bootMillis().getAsLong() - story.last().wallMillis()) / MILLIS;
    String sentence =
        String.format(
            Locale.ROOT,
            "The host went down between %.0f and %.0f s after the last renewal of %s",
            least,
            most,
            name);
    sentences.add(sentence + promise(space, most) + ".");
  }

  /** From the time that a renewal counts from to a record. */
  private static double secondsAfterRenewal(Space space, FlightRecord record) {
    return record.monotonicNanos() / NANOS - space.renewed.a();
  }

  private static String promise(Space space, double most) {
    if (space.promise == null) {
      return "; no watchdog was armed for it";
    }
    long expiry = space.promise.a() - space.renewed.a();
    return String.format(
        Locale.ROOT,
        "; its watchdog was to be petted until %d s after it%s",
        expiry,
        most < expiry ? ", so that was not what reset the host" : "");
  }
}
