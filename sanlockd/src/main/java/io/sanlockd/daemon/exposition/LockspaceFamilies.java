package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.exposition.Family.Kind;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.RenewalCounts;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What there is to say about each lockspace. */
final class LockspaceFamilies {
  private final List<Place> places;

  private record Place(LoopView.Space space, Labels labels) {
    Lockspace lockspace() {
      return space.lockspace();
    }

    boolean active() {
      return lockspace().phase() == Lockspace.Phase.ACTIVE;
    }
  }

  /** Writes the samples of one lockspace. */
  private interface Writer extends BiConsumer<Samples, Place> {}

  private LockspaceFamilies(LoopView view) {
    this.places = view.lockspaces().stream().map(space -> new Place(space, labels(space))).toList();
  }

  private static Labels labels(LoopView.Space space) {
    var spec = space.lockspace().spec();
    return Labels.of(
        "lockspace", Labels.textOf(spec.name()), "host_id", Long.toUnsignedString(spec.hostId()));
  }

  static List<Family> of(LoopView view) {
    LockspaceFamilies families = new LockspaceFamilies(view);
    return List.of(
        families.all(
            "sanlockd_lockspace_active",
            Kind.GAUGE,
            "Whether the lockspace is joined: 0 while it is being joined or left.",
            (samples, place) -> samples.gauge(place.labels(), place.active())),
        families.all(
            "sanlockd_lockspace_lost",
            Kind.GAUGE,
            "Whether our lease on the lockspace or its watchdog was lost, so that its users are"
                + " being stopped.",
            (samples, place) -> samples.gauge(place.labels(), place.space().leaseLost())),
        families.all(
            "sanlockd_lockspace_stuck",
            Kind.GAUGE,
            "Whether processes that use the lockspace have survived all attempts to stop them.",
            (samples, place) ->
                samples.gauge(
                    place.labels(), place.lockspace().killing() == Lockspace.Killing.STUCK)),
        families.active(
            "sanlockd_lockspace_renewal_age_seconds",
            "Time since the last renewal of our lease that succeeded.",
            (samples, place) -> samples.gauge(place.labels(), place.lockspace().ageSeconds())),
        families.active(
            "sanlockd_lockspace_warn_after_seconds",
            "Age of the last renewal from which on the daemon warns.",
            (samples, place) ->
                samples.gauge(place.labels(), place.lockspace().times().warnSeconds())),
        families.active(
            "sanlockd_lockspace_lost_after_seconds",
            "Age of the last renewal at which our lease counts as lost and its users are stopped.",
            (samples, place) ->
                samples.gauge(place.labels(), place.lockspace().times().failSeconds())),
        families.active(
            "sanlockd_lockspace_io_timeout_seconds",
            "The time that one disk operation may take.",
            (samples, place) ->
                samples.gauge(place.labels(), place.lockspace().times().ioTimeout())),
        families.active(
            "sanlockd_lockspace_watchdog_armed",
            "Whether wdmd resets this host unless renewals go on.",
            (samples, place) ->
                samples.gauge(place.labels(), place.lockspace().watchdog().armed())),
        families.active(
            "sanlockd_lockspace_watchdog_lost",
            "Whether the connection to wdmd was lost while the watchdog was armed.",
            (samples, place) -> samples.gauge(place.labels(), place.lockspace().watchdog().lost())),
        families.all(
            "sanlockd_lockspace_renewals",
            Kind.COUNTER,
            "Attempts to renew our lease, by how they ended.",
            LockspaceFamilies::renewals),
        families.all(
            "sanlockd_lockspace_renewal_read_seconds",
            Kind.HISTOGRAM,
            "How long renewals read the lockspace; what timed out is not included.",
            (samples, place) -> samples.histogram(place.labels(), counts(place).reads())),
        families.all(
            "sanlockd_lockspace_renewal_write_seconds",
            Kind.HISTOGRAM,
            "How long renewals wrote our sector; what timed out is not included.",
            (samples, place) -> samples.histogram(place.labels(), counts(place).writes())),
        families.all(
            "sanlockd_lockspace_renewal_delay_seconds",
            Kind.HISTOGRAM,
            "How much later than it wanted to the renewal thread went on after it slept.",
            (samples, place) -> samples.histogram(place.labels(), counts(place).delays())),
        families.all(
            "sanlockd_lockspace_renewal_longest_delay_seconds",
            Kind.GAUGE,
            "The longest such delay since the lockspace was joined.",
            (samples, place) ->
                samples.gaugeOfNanos(place.labels(), counts(place).delays().longestNanos())));
  }

  private static RenewalCounts counts(Place place) {
    return place.lockspace().renewals();
  }

  private static void renewals(Samples samples, Place place) {
    RenewalCounts counts = counts(place);
    samples.counter(place.labels().and("result", "success"), counts.successes());
    samples.counter(place.labels().and("result", "timeout"), counts.timeouts());
    samples.counter(place.labels().and("result", "error"), counts.errors());
  }

  private Family all(String name, Kind kind, String help, Writer writer) {
    return family(name, kind, help, place -> true, writer);
  }

  /** A gauge that means something only while a lockspace is joined. */
  private Family active(String name, String help, Writer writer) {
    return family(name, Kind.GAUGE, help, Place::active, writer);
  }

  private Family family(
      String name, Kind kind, String help, Predicate<Place> which, Writer writer) {
    return new Family(
        name, kind, help, places.stream().filter(which).map(place -> part(writer, place)).toList());
  }

  private static Consumer<Samples> part(Writer writer, Place place) {
    return samples -> writer.accept(samples, place);
  }
}
