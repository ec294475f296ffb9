package io.sanlockd.cli.operate;

import io.sanlockd.client.State;
import io.sanlockd.model.FireTimeout;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The lines of {@code sanlock top}. */
final class TopScreen {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final String ASCII_BARS = "_.:-=+*#";
  private static final int AGE_WIDTH = 40;
  private static final int HISTORY_WIDTH = 60;

  private final Console console;
  private final Snapshot snapshot;
  private final List<String> lines = new ArrayList<>();

  private TopScreen(Console console, Snapshot snapshot) {
    this.console = console;
    this.snapshot = snapshot;
  }

  static List<String> lines(Console console, Snapshot snapshot) {
    TopScreen screen = new TopScreen(console, snapshot);
    screen.heading();
    snapshot.lockspaces().forEach(screen::lockspace);
    return screen.lines;
  }

  private void heading() {
    DaemonView daemon = snapshot.daemon();
    lines.add(
        "sanlock top  "
            + daemon.hostName().orElse("")
            + "  "
            + CLOCK.format(snapshot.at())
            + "  lockspaces "
            + daemon.lockspaces().size()
            + "  leases "
            + daemon.leases().size()
            + "  processes "
            + daemon.processes().size());
    if (snapshot.lockspaces().isEmpty()) {
      lines.add("");
      lines.add("no lockspace is joined");
    }
  }

  private void lockspace(LockspaceView lockspace) {
    lines.add("");
    lines.add(
        "lockspace "
            + lockspace.name()
            + "  host_id "
            + Long.toUnsignedString(lockspace.hostId())
            + " generation "
            + lockspace.generation()
            + "  io_timeout "
            + lockspace.ioTimeout()
            + " s  "
            + lockspace.phase());
    lines.add("  place     " + lockspace.place());
    snapshot.forecast(lockspace).ifPresent(this::forecast);
    history(lockspace);
    hosts(lockspace);
    leases(lockspace);
  }

  private void forecast(FenceForecast forecast) {
    lines.add(
        "  renewed   "
            + ageBar(forecast)
            + "  "
            + forecast.ageSeconds()
            + " s ago"
            + (forecast.isWarning() ? "  RENEWALS FAIL" : ""));
    lines.add("  forecast  " + forecast.text());
  }

  /** From the last renewal to the loss of the lease, with a mark where warnings begin. */
  private String ageBar(FenceForecast forecast) {
    int lost = forecast.plan().lost();
    int filled = (int) Math.min(AGE_WIDTH, forecast.ageSeconds() * AGE_WIDTH / lost);
    int warn = forecast.plan().warn() * AGE_WIDTH / lost;
    StringBuilder bar = new StringBuilder("[");
    for (int i = 0; i < AGE_WIDTH; i++) {
      String empty = i == warn ? console.glyph("│", "|") : console.glyph("·", ".");
      bar.append(i < filled ? console.glyph("█", "#") : empty);
    }
    return bar.append(']').toString();
  }

  private void history(LockspaceView lockspace) {
    Optional<Latencies> latencies = lockspace.latencies();
    if (latencies.isEmpty()) {
      return;
    }
    List<RenewalPoint> points = lockspace.renewals();
    StringBuilder bars = new StringBuilder();
    for (RenewalPoint point :
        points.subList(Math.max(0, points.size() - HISTORY_WIDTH), points.size())) {
      bars.append(point.failures() > 0 ? "!" : bar(point, lockspace.ioTimeout()));
    }
    lines.add("  latency   " + bars);
    lines.add("    " + latencies.get().text("renewals"));
    if (lockspace.failures() > 0) {
      lines.add("    attempts that failed (!): " + lockspace.failures());
    }
  }

  /** Eight heights on a logarithmic scale from 1 ms to the io_timeout. */
  private String bar(RenewalPoint point, int ioTimeout) {
    double part =
        Math.log(Math.max(1.0, (double) point.slowestMillis())) / Math.log(ioTimeout * 1000.0);
    int height = (int) Math.min(BARS.length() - 1, Math.floor(part * BARS.length()));
    return console.glyph(
        BARS.substring(height, height + 1), ASCII_BARS.substring(height, height + 1));
  }

  private void hosts(LockspaceView lockspace) {
    if (lockspace.hosts().isEmpty()) {
      return;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "  %7s  %-24s %10s  %-7s %6s %3s  %s",
            "HOST_ID",
            "NAME",
            "GENERATION",
            "STATE",
            "SEEN",
            "IO",
            "DEAD IN"));
    for (HostSight host : lockspace.hosts()) {
      lines.add(host(lockspace, host));
    }
  }

  private String host(LockspaceView lockspace, HostSight host) {
    long now = snapshot.daemon().nowSeconds();
    HostState state = lockspace.hostStates().getOrDefault(host.hostId(), HostState.UNKNOWN);
    boolean isSeen = host.lastLive() > 0 && now > 0;
    long age = Math.max(0, now - host.lastLive());
    long dead = FireTimeout.deadSeconds(Math.max(1, host.ioTimeout()), snapshot.fireTimeout()) + 1L;
    boolean isFree = host.timestamp() == 0;
    return String.format(
            Locale.ROOT,
            "%s %7s  %-24s %10s  %-7s %6s %3d  %s",
            host.hostId() == lockspace.hostId() ? ">" : " ",
            Long.toUnsignedString(host.hostId()),
            host.name(),
            Long.toUnsignedString(host.generation()),
            isFree ? "FREE" : state,
            isSeen ? age + " s" : "never",
            host.ioTimeout(),
            isFree || !isSeen ? "-" : Math.max(0, dead - age) + " s")
        .stripTrailing();
  }

  private void leases(LockspaceView lockspace) {
    for (State lease : lockspace.leases()) {
      Resource resource = lease.resource().orElseThrow();
      int pid = lease.entry().data32();
      lines.add(
          "  lease "
              + Bytes.toUnicode(resource.name().text())
              + "  version "
              + Long.toUnsignedString(lease.entry().data64())
              + (resource.has(ResourceFlags.SHARED) ? "  shared" : "  exclusive")
              + "  "
              + lease.value("list").orElse("")
              + (pid > 0 ? "  process " + snapshot.daemon().process(pid) : ""));
    }
  }
}
