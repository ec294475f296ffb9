package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The resources in use by name, and those kept for reuse (paxos-lease.md 14). Main loop only. */
final class ResourceTable {
  private static final int FREE_LIMIT = 128;
  private static final long FIRST_ID = 2;

  private final Function<String, LeaseLog> logs;

  /** Oldest first, all states but FREE. */
  private final Map<Key, Resource> all = new LinkedHashMap<>();

  private final Map<DiskSpec, Resource> byPlace = new HashMap<>();
  private final List<Resource> free = new ArrayList<>();
  private long nextId = FIRST_ID;

  private record Key(LeaseName space, LeaseName name) {}

  ResourceTable(Function<String, LeaseLog> logs) {
    this.logs = logs;
  }

  Optional<Resource> find(LeaseName space, LeaseName name) {
    return Optional.ofNullable(all.get(new Key(space, name)));
  }

  /** Whether a lease at this place is being given back, whatever its name was or becomes. */
  boolean leaving(DiskSpec place) {
    Resource resource = byPlace.get(place);
    return resource != null && resource.state() == Resource.State.REM;
  }

  int size() {
    return all.size();
  }

  /** A structure for a lease that is not in the table, now in it; one used before if there is. */
  Resource add(LeaseRequest request) {
    Resource resource = reusable(request).orElseGet(() -> fresh(request));
    all.put(new Key(request.space(), request.name()), resource);
    byPlace.put(request.disks().get(0), resource);
    DiskSpec first = request.disks().get(0);
    logs.apply(request.lockspace() + ":" + resource + " ")
        .names(
            "resource "
                + request.space()
                + ":"
                + request.name()
                + ":"
                + first.path()
                + ":"
                + first.offset());
    return resource;
  }

  private Optional<Resource> reusable(LeaseRequest request) {
    for (Resource candidate : free) {
      if (candidate.is(request.space(), request.name())
          && candidate.disks().size() == request.disks().size()
          && candidate.disks().get(0).path().equals(request.disks().get(0).path())) {
        free.remove(candidate);
        candidate.reuse();
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private Resource fresh(LeaseRequest request) {
    return new Resource(nextId++, request.space(), request.name());
  }

  /** Takes a resource that is no longer held out of the table and keeps it for reuse. */
  void retire(Resource resource) {
    all.remove(new Key(resource.space(), resource.name()), resource);
    byPlace.remove(resource.disks().get(0), resource);
    free.add(resource);
    if (free.size() > FREE_LIMIT) {
      free.remove(leastReused());
    }
    // Last: whoever waits for the name may take it, and this structure, right away.
    resource.retired();
  }

  private Resource leastReused() {
    Resource least = free.get(0);
    for (Resource candidate : free) {
      if (candidate.reused() < least.reused()) {
        least = candidate;
      }
    }
    return least;
  }

  boolean uses(LeaseName space) {
    return all.keySet().stream().anyMatch(key -> key.space().equals(space));
  }

  /** The resources of one instance of a lockspace. */
  List<Resource> of(Lockspace lockspace) {
    return all.values().stream().filter(resource -> resource.lockspace() == lockspace).toList();
  }

  int count(Resource.State state) {
    int count = 0;
    for (Resource resource : all.values()) {
      count += resource.state() == state ? 1 : 0;
    }
    return count;
  }

  /** The resources in one state, newest first. */
  List<Resource> in(Resource.State state) {
    List<Resource> found = new ArrayList<>();
    for (Resource resource : all.values()) {
      if (resource.state() == state) {
        found.add(resource);
      }
    }
    Collections.reverse(found);
    return found;
  }
}
