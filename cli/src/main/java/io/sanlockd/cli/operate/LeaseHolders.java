package io.sanlockd.cli.operate;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Who owns leases according to the disk, whether these hosts live, and what follows. */
final class LeaseHolders {
  private static final int MOST = 4;

  private final SanlockClient client;
  private final DaemonView view;
  private final int fireTimeout;

  LeaseHolders(SanlockClient client, DaemonView view, int fireTimeout) {
    this.client = client;
    this.view = view;
    this.fireTimeout = (int) view.daemonNumber("watchdog_fire_timeout", fireTimeout);
  }

  /** {@code LOCKSPACE:NAME} as a human reads it. */
  static String name(Resource resource) {
    return Bytes.toUnicode(resource.lockspaceName().text() + ":" + resource.name().text());
  }

  void describe(Refusal refusal, Consumer<String> lines) throws SanlockException {
    for (Resource resource : refusal.resources()) {
      describe(resource, lines);
    }
  }

  private void describe(Resource resource, Consumer<String> lines) throws SanlockException {
    if (new LocalHolders(view).describe(List.of(resource), lines)) {
      return;
    }
    List<LeaseOwner> owners = client.owners(resource);
    if (owners.isEmpty()) {
      lines.accept(name(resource) + " is free by now; try again");
      return;
    }
    LocalTime wallClock = LocalTime.now(ZoneId.systemDefault());
    long own = ownHostId(resource.lockspaceName());
    boolean mayAsk = false;
    for (LeaseOwner owner : owners.subList(0, Math.min(MOST, owners.size()))) {
      OwnerOutlook outlook =
          new OwnerOutlook(
              owner,
              sight(resource.lockspaceName(), owner.hostId()),
              view.nowSeconds(),
              fireTimeout);
      lines.accept(
          name(resource)
              + " is held by "
              + (owner.hostId() == own ? "this host, " : "")
              + outlook.evidence(wallClock));
      lines.accept(outlook.outlook(wallClock));
      mayAsk |= outlook.secondsUntilDead().orElse(1L) > 0;
    }
    if (owners.size() > MOST) {
      lines.accept("and by " + (owners.size() - MOST) + " more hosts");
    }
    if (mayAsk && !resource.disks().isEmpty()) {
      lines.accept(nextStep(resource));
    }
  }

  private String nextStep(Resource resource) throws SanlockException {
    Resource found = client.readResource(resource);
    long next = found.lver() + 1;
    return "to ask for it: sanlock client request -r "
        + Bytes.toUnicode(
            ResourceText.format(found.withFlags(0).withDisks(resource.disks()).withLver(0), next))
        + " -f 2  (asks the process that holds it; -f 1 kills it)";
  }

  private long ownHostId(LeaseName lockspace) {
    for (State state : view.lockspaces()) {
      if (state.entry().name().equals(lockspace)) {
        return state.entry().data64();
      }
    }
    return 0;
  }

  private Optional<HostSight> sight(LeaseName lockspace, long hostId) {
    try {
      return client.hostStatus(lockspace).stream()
          .map(HostSight::of)
          .filter(host -> host.hostId() == hostId)
          .findFirst();
    } catch (SanlockException e) {
      // The owner is worth telling without it.
      return Optional.empty();
    }
  }
}
