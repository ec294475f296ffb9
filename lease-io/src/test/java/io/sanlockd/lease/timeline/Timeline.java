package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.Coroutine;
import io.sanlockd.lease.fixture.Fault;
import io.sanlockd.lease.fixture.MemoryDisk;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.paxos.PaxosRequest;
import io.sanlockd.lease.paxos.ValueBlock;
import io.sanlockd.model.Check;
import io.sanlockd.model.Geometry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * Plays the steps of one timeline on a world of its own. The grammar is told in {@code README.md}
 * beside the timelines.
 */
final class Timeline {
  private static final long SECOND = 1_000_000_000L;

  private final Map<Integer, Actor> actors = new TreeMap<>();
  private final Map<Integer, Coroutine<String>> running = new TreeMap<>();
  private final List<String> breaches = new ArrayList<>();
  private int disks = 1;
  private int numHosts = 8;
  private int formatTimeout = 10;
  private World world;

  World world() {
    if (world == null) {
      world = new World(Geometry.S512_A1M, numHosts, disks, formatTimeout);
    }
    return world;
  }

  Actor actor(int hostId) {
    Actor actor = actors.get(hostId);
    Check.argument(actor != null, "there is no host " + hostId);
    return actor;
  }

  /** Times at which two hosts held the lease in modes that exclude each other. */
  List<String> breaches() {
    return breaches;
  }

  /** Plays one step; the lines it answers. */
  List<String> play(String step) throws Exception {
    List<String> words = List.of(step.split(" +"));
    List<String> answer =
        Character.isDigit(step.charAt(0))
            ? hostStep(Integer.parseInt(words.get(0)), words.subList(1, words.size()))
            : worldStep(words, step);
    noteBreach(answer);
    return answer;
  }

  /** Plays one step; its result in one line, without the letters of its I/Os. */
  String result(String step) throws Exception {
    String text = String.join(" ", play(step));
    int letters = text.indexOf("  ");
    return letters < 0 ? text : text.substring(letters + 2);
  }

  private List<String> worldStep(List<String> words, String step) throws Exception {
    switch (words.get(0)) {
      case "disks" -> disks = Integer.parseInt(words.get(1));
      case "num_hosts" -> numHosts = Integer.parseInt(words.get(1));
      case "formatted" -> formatTimeout = Integer.parseInt(words.get(2));
      case "hosts" -> words.stream().skip(1).forEach(w -> add(Integer.parseInt(w), false, 10));
      case "host" -> add(words);
      case "wait" -> world().clock.advanceSeconds(Integer.parseInt(words.get(1)));
      case "show" -> {
        return new ArrayList<>(Display.of(world()));
      }
      case "table" -> {
        return new FaultTable(step.substring("table ".length())).rows();
      }
      case "index-table" -> {
        return new IndexFaultTable(step.substring("index-table ".length())).rows();
      }
      default -> throw new IllegalArgumentException("no such step: " + step);
    }
    return new ArrayList<>();
  }

  /** {@code host 3 [C-like] [io_timeout N]}. */
  private void add(List<String> words) {
    int io = words.indexOf("io_timeout");
    add(
        Integer.parseInt(words.get(1)),
        words.contains("C-like"),
        io < 0 ? 10 : Integer.parseInt(words.get(io + 1)));
  }

  private void add(int hostId, boolean reference, int ioTimeout) {
    TestHost host = world().host(hostId, ioTimeout);
    actors.put(hostId, reference ? new CLikeHost(host) : new OurHost(host));
    if (ioTimeout == 10) {
      join(host);
    }
  }

  private static void join(TestHost host) {
    host.join();
    host.keepRenewing();
  }

  private List<String> hostStep(int hostId, List<String> words) throws Exception {
    Actor actor = actor(hostId);
    TestHost host = actor.host();
    List<String> rest = words.subList(1, words.size());
    switch (words.get(0)) {
      case "joins" -> join(host);
      case "renews" -> host.renew();
      case "leaves" -> host.leave();
      case "stops" -> host.die();
      case "crashes" -> crash(hostId);
      case "next" -> arm(hostId, rest);
      case "opens" ->
          host.opens(rest.stream().map(w -> host.disks.get(Integer.parseInt(w))).toList());
      case "loses" -> host.disks.get(number(rest, 1)).at(io -> true).always().fails(-5);
      case "regains" -> host.disks.get(number(rest, 1)).healthy();
      case "lands" -> host.disks.forEach(MemoryDisk::landLate);
      case "drops" -> host.disks.forEach(MemoryDisk::dropLate);
      case "begins" -> {
        running.put(hostId, host.begin(operation(actor, rest)));
      }
      case "until" -> {
        return List.of("stands before " + until(hostId, String.join(" ", rest)));
      }
      case "inside" -> {
        running.get(hostId).runIntoRead(Places.named(String.join(" ", rest)));
        return List.of("stands before the last sector of the read");
      }
      case "finishes" -> {
        String result = running.remove(hostId).finish();
        return new ArrayList<>(List.of(result));
      }
      default -> {
        host.disks.forEach(MemoryDisk::clearTrace);
        String result = operation(actor, words).call();
        String letters = letters(host);
        return new ArrayList<>(List.of(letters.isEmpty() ? result : letters + "  " + result));
      }
    }
    return new ArrayList<>();
  }

  private String until(int hostId, String place) {
    Coroutine<String> operation = running.get(hostId);
    operation.runUntil(Places.named(place));
    return Places.of(operation.stoppedAt());
  }

  private void crash(int hostId) {
    Coroutine<String> operation = running.remove(hostId);
    if (operation != null) {
      operation.close();
    }
    actor(hostId).forget();
    actor(hostId).host().die();
  }

  private static int number(List<String> words, int index) {
    return Integer.parseInt(words.get(index));
  }

  /** {@code next write leader [of disk N] [skip N] fails|times out|...}. */
  private void arm(int hostId, List<String> words) {
    int at = 2;
    String place = words.get(0) + " " + words.get(1);
    List<MemoryDisk> where = actor(hostId).host().disks;
    if (words.get(at).equals("of")) {
      where = List.of(where.get(number(words, at + 2)));
      at += 3;
    }
    int skip = 0;
    if (words.get(at).equals("skip")) {
      skip = number(words, at + 1);
      at += 2;
    }
    String what = String.join(" ", words.subList(at, words.size()));
    for (MemoryDisk disk : where) {
      happens(disk.at(Places.named(place)).skip(skip), what);
    }
  }

  static void happens(Fault fault, String what) {
    List<String> words = List.of(what.split(" +"));
    switch (what.replaceAll("\\d+", "N")) {
      case "fails" -> fault.fails(-5);
      case "fails but lands" -> fault.failsButLands(-5);
      case "times out" -> fault.timesOut();
      case "times out and lands after N" -> fault.timesOutLandingAfter(number(words, 5) * SECOND);
      case "takes N" -> fault.takes(number(words, 1) * SECOND);
      default -> throw new IllegalArgumentException("nothing is called \"" + what + "\"");
    }
  }

  Callable<String> operation(Actor actor, List<String> words) {
    TestHost host = actor.host();
    return switch (words.get(0)) {
      case "acquires" -> () -> actor.acquire(wish(words));
      case "releases" -> () -> actor.release(after(words, "renaming"), after(words, "value"));
      case "converts" -> () -> actor.convert(words.get(1), after(words, "value"));
      case "cleans" -> actor::cleanUp;
      case "value" -> () -> "value " + text(new ValueBlock(host.replicas()).read());
      case "requests" ->
          () ->
              "owner "
                  + new PaxosRequest(host.replicas())
                      .set(
                          words.get(1).equals("next") ? 0 : number(words, 1),
                          words.get(2).equals("force") ? PaxosRequest.FORCE : PaxosRequest.GRACEFUL,
                          words.get(1).equals("next"));
      case "pending" ->
          () ->
              new PaxosRequest(host.replicas())
                  .pending(number(words, 1))
                  .map(r -> "lver " + r.lver() + " mode " + r.forceMode())
                  .orElse("no request");
      case "formats" -> () -> IndexSteps.format(host);
      case "creates", "deletes", "finds", "rebuilds" -> () -> IndexSteps.run(host, words);
      default -> throw new IllegalArgumentException("hosts can not do " + words);
    };
  }

  private static Actor.Wish wish(List<String> words) {
    String lver = after(words, "lver");
    String hosts = after(words, "num_hosts");
    return new Actor.Wish(
        words.get(1).equals("SH"),
        lver == null ? 0 : Long.parseLong(lver),
        hosts == null ? 0 : Integer.parseInt(hosts),
        words.contains("nowait"));
  }

  private static String after(List<String> words, String key) {
    int at = words.indexOf(key);
    return at < 0 ? null : words.get(at + 1);
  }

  private static String text(byte[] sector) {
    String text = new String(sector, StandardCharsets.ISO_8859_1);
    int end = text.indexOf(0);
    return "\"" + (end < 0 ? text : text.substring(0, end)) + "\"";
  }

  private static String letters(TestHost host) {
    List<String> all = host.disks.stream().map(MemoryDisk::letters).toList();
    boolean same = all.stream().distinct().count() == 1;
    return same ? all.get(0) : String.join("|", all);
  }

  private void noteBreach(List<String> answer) {
    List<String> holders = new ArrayList<>();
    boolean exclusive = false;
    for (Map.Entry<Integer, Actor> entry : actors.entrySet()) {
      String mode = entry.getValue().mode();
      if (!mode.isEmpty()) {
        holders.add(entry.getKey() + " " + mode);
        exclusive |= mode.equals("EX");
      }
    }
    if (exclusive && holders.size() > 1) {
      String breach = "!! DOUBLE GRANT: " + String.join(", ", holders);
      breaches.add(breach);
      answer.add(breach);
    }
  }

  boolean onlyOurs() {
    return actors.values().stream().allMatch(OurHost.class::isInstance);
  }

  void close() {
    running.values().forEach(Coroutine::close);
  }
}
