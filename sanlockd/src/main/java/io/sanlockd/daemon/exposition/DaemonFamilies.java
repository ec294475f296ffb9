package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.exposition.Family.Kind;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.metrics.RequestCounts;
import io.sanlockd.daemon.metrics.StopCounts;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.daemon.work.WorkerFacts;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** What there is to say about the daemon as a whole. */
final class DaemonFamilies {
  private static final int NO_HELPER = -1;

  private final Sources sources;
  private final LoopView view;

  private DaemonFamilies(Sources sources, LoopView view) {
    this.sources = sources;
    this.view = view;
  }

  static List<Family> of(Sources sources, LoopView view) {
    DaemonFamilies families = new DaemonFamilies(sources, view);
    return List.of(
        Family.of(
            "sanlockd_daemon",
            Kind.INFO,
            "The daemon and the name of this host in leases.",
            samples -> samples.info(Labels.of("host_name", Labels.textOf(sources.hostName())))),
        gauge(
            "sanlockd_watchdog_configured",
            "Whether lockspaces are joined only under the protection of a watchdog.",
            samples -> samples.gauge(Labels.NONE, sources.usesWatchdog())),
        gauge("sanlockd_leases", "Leases that this host has to do with.", families::leases),
        families.requests(),
        counter(
            "sanlockd_ballots",
            "Ballots run to decide about leases.",
            sources.resources().counts().ballots()),
        counter(
            "sanlockd_ballot_retries",
            "Ballots that had to be repeated because another host interfered.",
            sources.resources().counts().repeatedBallots()),
        counter(
            "sanlockd_acquire_retries",
            "Acquires begun anew because another host was faster and may be done.",
            sources.resources().counts().repeatedAcquires()),
        counter(
            "sanlockd_io_timeouts",
            "Disk operations given up because they did not end within their time limit.",
            sources.disks().get().timeouts()),
        gauge(
            "sanlockd_io_late",
            "Disk operations beyond their time limit that have not ended yet.",
            samples -> samples.gauge(Labels.NONE, sources.disks().get().late())),
        families.workers(
            "sanlockd_workers_busy", "Worker threads that do something.", WorkerFacts::busy),
        families.workers(
            "sanlockd_workers_limit", "Most worker threads at a time.", WorkerFacts::limit),
        families.workers(
            "sanlockd_workers_waiting",
            "Pieces of work that wait for a worker thread.",
            WorkerFacts::waiting),
        gauge(
            "sanlockd_connections",
            "Connections of clients.",
            samples -> samples.gauge(Labels.NONE, view.connections())),
        gauge(
            "sanlockd_connections_registered",
            "Connections whose process may hold leases.",
            samples -> samples.gauge(Labels.NONE, view.registered())),
        gauge(
            "sanlockd_client_descriptors",
            "Descriptors that clients cost: one a connection and one a registered process.",
            samples -> samples.gauge(Labels.NONE, view.descriptors())),
        gauge(
            "sanlockd_client_descriptors_limit",
            "Most descriptors for clients at a time.",
            samples -> samples.gauge(Labels.NONE, sources.descriptorLimit())),
        Family.of(
            "sanlockd_lockspace_losses",
            Kind.COUNTER,
            "Lockspaces lost: expired without a renewal, overwritten by somebody, or unguarded"
                + " because wdmd went away.",
            families::losses),
        Family.of(
            "sanlockd_process_stops",
            Kind.COUNTER,
            "Attempts to stop processes, because their lockspace was lost or removed or because"
                + " another host asked for their lease.",
            families::stops),
        gauge(
            "sanlockd_helper_up",
            "Whether the helper process is there.",
            samples -> samples.gauge(Labels.NONE, view.helper().pid() != NO_HELPER)),
        counter(
            "sanlockd_helper_starts", "Helper processes started so far.", view.helper().starts()),
        gauge(
            "sanlockd_helper_silence_seconds",
            "Time since the last sign of life of the helper process.",
            samples ->
                samples.gauge(
                    Labels.NONE,
                    Math.max(0, sources.clock().seconds() - view.helper().lastStatusSeconds()))),
        counter(
            "sanlockd_helper_messages_lost",
            "Messages to the helper process that were lost because the pipe was full.",
            view.helper().fullCount()),
        Family.of(
            "sanlockd_main_loop_turn_seconds",
            Kind.HISTOGRAM,
            "How long the main loop was busy before it looked again at what had come in.",
            samples -> samples.histogram(Labels.NONE, sources.turns())),
        gauge(
            "sanlockd_main_loop_longest_turn_seconds",
            "The longest of these times since the daemon was started.",
            samples -> samples.gaugeOfNanos(Labels.NONE, sources.turns().longestNanos())),
        Family.of(
            "sanlockd_supervision_delay_seconds",
            Kind.HISTOGRAM,
            "How late the supervision of leases came: pauses of the whole JVM, for garbage"
                + " collection or because it got no processor.",
            samples -> samples.histogram(Labels.NONE, sources.supervisor().delays())),
        gauge(
            "sanlockd_supervision_longest_delay_seconds",
            "The longest of these delays since the daemon was started.",
            samples ->
                samples.gaugeOfNanos(Labels.NONE, sources.supervisor().delays().longestNanos())),
        Family.of(
            "sanlockd_host_suspended_seconds",
            Kind.COUNTER,
            "How long this host has been suspended since it was started.",
            samples -> samples.counterOfNanos(Labels.NONE, sources.clock().suspendedNanos())));
  }

  private static Family gauge(String name, String help, Consumer<Samples> samples) {
    return Family.of(name, Kind.GAUGE, help, samples);
  }

  private static Family counter(String name, String help, long value) {
    return Family.of(name, Kind.COUNTER, help, samples -> samples.counter(Labels.NONE, value));
  }

  private void leases(Samples samples) {
    leases(samples, "adding", Resource.State.ADD);
    leases(samples, "held", Resource.State.HELD);
    leases(samples, "releasing", Resource.State.REM);
    leases(samples, "orphan", Resource.State.ORPHAN);
  }

  private void leases(Samples samples, String name, Resource.State state) {
    samples.gauge(Labels.of("state", name), view.leases().get(state));
  }

  private Family requests() {
    return new Family(
        "sanlockd_requests",
        Kind.COUNTER,
        "Requests of clients answered, by command and result; code 0 of acquire is a grant.",
        Arrays.stream(Command.values()).map(this::requests).toList());
  }

  private Consumer<Samples> requests(Command command) {
    Labels labels = Labels.of("command", command.name().toLowerCase(Locale.ROOT));
    return samples ->
        sources
            .answers()
            .forEach(
                command,
                (result, count) ->
                    samples.counter(
                        labels.and("code", codeOf(result), "name", nameOf(result)), count));
  }

  private static String codeOf(int result) {
    return result == RequestCounts.OTHER ? "other" : Integer.toString(result);
  }

  private static String nameOf(int result) {
    return result == 0 ? "OK" : ResultCode.of(result).map(ResultCode::name).orElse("OTHER");
  }

  private Family workers(String name, String help, ToIntFunction<WorkerFacts> value) {
    return gauge(
        name,
        help,
        samples -> {
          samples.gauge(
              Labels.of("pool", "requests"), value.applyAsInt(sources.requestWorkers().get()));
          samples.gauge(
              Labels.of("pool", "background"), value.applyAsInt(sources.backgroundWorkers().get()));
        });
  }

  private void losses(Samples samples) {
    for (Lockspace.Cause cause : Lockspace.Cause.values()) {
      if (cause.leaseLost()) {
        samples.counter(
            Labels.of("cause", cause.name().toLowerCase(Locale.ROOT)),
            sources.supervisor().losses().count(cause));
      }
    }
  }

  private void stops(Samples samples) {
    stops(samples, "lockspace", sources.supervisor().stops());
    stops(samples, "request", sources.requestStops());
  }

  private static void stops(Samples samples, String reason, StopCounts counts) {
    for (StopCounts.Means means : StopCounts.Means.values()) {
      Labels labels = Labels.of("reason", reason, "means", means.name().toLowerCase(Locale.ROOT));
      samples.counter(labels.and("outcome", "sent"), counts.count(means, true));
      samples.counter(labels.and("outcome", "failed"), counts.count(means, false));
    }
  }
}
