package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.exposition.HttpHead.Status;
import io.sanlockd.daemon.work.MainLoop;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Answers scrapers, on a thread of its own. A scraper that asks for nothing, reads nothing or never
 * goes away costs one of a few connections for some seconds. When the server fails it says so in
 * the log and ends: that nobody can watch the daemon is no reason to end it.
 */
public final class ScrapeServer implements AutoCloseable {
  /** Most connections at a time; more are refused. */
  static final int CONNECTIONS = 8;

  /** Most connections that are answered and wait to be closed by the peer. */
  private static final int FAREWELLS = 24;

  /** How long the main loop may take to answer. */
  private static final long LOOP_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long TICK_MILLIS = 250;
  private static final long ACCEPT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FOREVER = 0;

  /**
   * The main loop is asked so often whether it has answered: it must not wake us up, because the
   * selector has a lock for that.
   */
  private static final long POLL_MILLIS = 5;

  private final Sources sources;
  private final MainLoop mainLoop;
  private final Clock clock;
  private final LeaseLog log;
  private final Path proc;
  private final List<Scrape> scrapes = new ArrayList<>();
  private final List<SelectionKey> listeners = new ArrayList<>();
  private final Selector selector;
  private boolean asked;
  private long askedNanos;
  private boolean acceptingPaused;
  private long acceptAgainNanos;
  private volatile LoopView arrived;
  private volatile boolean closing;

  private ScrapeServer(
      Sources sources, MainLoop mainLoop, Selector selector, Path proc, LeaseLog log) {
    this.sources = sources;
    this.mainLoop = mainLoop;
    this.clock = sources.clock();
    this.selector = selector;
    this.proc = proc;
    this.log = log;
  }

  /**
   * Starts to serve. An endpoint that can not be had is logged and done without.
   *
   * @param endpoints where
   * @param mainLoop whose state the sources are; it is not running yet
   * @param proc directory of our own process below /proc
   */
  public static ScrapeServer start(
      List<Endpoint> endpoints, Sources sources, MainLoop mainLoop, Path proc, LeaseLog log)
      throws IOException {
    // Loads what the main loop will need for an answer.
    LoopView unused = LoopView.of(sources);
    ScrapeServer server = new ScrapeServer(sources, mainLoop, Selector.open(), proc, log);
    Thread thread = new Thread(() -> server.run(endpoints), "metrics");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private void run(List<Endpoint> endpoints) {
    try (selector) {
      for (Endpoint endpoint : endpoints) {
        listen(endpoint);
      }
      while (!closing && !listeners.isEmpty()) {
        turn();
      }
    } catch (IOException | RuntimeException e) {
      log.error("metrics are not served any more: " + e);
    } finally {
      listeners.forEach(ScrapeServer::close);
      scrapes.forEach(Scrape::close);
    }
  }

  private static void close(SelectionKey listener) {
    try {
      listener.channel().close();
    } catch (IOException e) {
      // Nothing is left to be done with it.
    }
  }

  private void listen(Endpoint endpoint) {
    try {
      ServerSocketChannel channel = endpoint.open();
      channel.configureBlocking(false);
      listeners.add(channel.register(selector, SelectionKey.OP_ACCEPT));
      log.warning("metrics are served at " + endpoint);
    } catch (IOException | RuntimeException e) {
      log.error("metrics are not served at " + endpoint + ": " + e.getMessage());
    }
  }

  private void turn() throws IOException {
    selector.select(timeoutMillis());
    long nowNanos = clock.nanos();
    deliver(nowNanos);
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isValid() && key.isAcceptable()) {
        accept((ServerSocketChannel) key.channel(), nowNanos);
      } else if (key.attachment() instanceof Scrape scrape) {
        guarded(scrape, () -> scrape.ready(nowNanos));
      }
    }
    selector.selectedKeys().clear();
    for (Scrape scrape : scrapes) {
      guarded(scrape, () -> scrape.checkDeadline(nowNanos));
    }
    scrapes.removeIf(Scrape::closed);
    if (acceptingPaused && nowNanos - acceptAgainNanos >= 0) {
      acceptingPaused = false;
      listeners.forEach(listener -> listener.interestOps(SelectionKey.OP_ACCEPT));
    }
    ask(nowNanos);
  }

  private long timeoutMillis() {
    if (scrapes.stream().anyMatch(Scrape::waiting)) {
      return POLL_MILLIS;
    }
    return scrapes.isEmpty() && !acceptingPaused ? FOREVER : TICK_MILLIS;
  }

  private interface Step {
    void run() throws IOException;
  }

  /** What goes wrong with one scraper is the end of that one only. */
  private void guarded(Scrape scrape, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      scrape.close();
    } catch (RuntimeException e) {
      log.error("metrics: a request failed: " + e);
      scrape.close();
    }
  }

  private void accept(ServerSocketChannel listener, long nowNanos) {
    try {
      SocketChannel channel = listener.accept();
      if (channel == null) {
        return;
      }
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      Scrape scrape = new Scrape(channel, key, nowNanos);
      key.attach(scrape);
      boolean tooMany = scrapes.stream().filter(Scrape::unanswered).count() >= CONNECTIONS;
      scrapes.add(scrape);
      if (tooMany) {
        String why = CONNECTIONS + " requests are being answered already";
        guarded(scrape, () -> scrape.refuse(Status.SERVICE_UNAVAILABLE, why, nowNanos));
      }
      if (scrapes.size() > CONNECTIONS + FAREWELLS) {
        scrape.close();
      }
    } catch (IOException e) {
      log.error("metrics: accept: " + e.getMessage() + ", not accepting for a while");
      acceptingPaused = true;
      acceptAgainNanos = nowNanos + ACCEPT_PAUSE_NANOS;
      listeners.forEach(each -> each.interestOps(0));
    }
  }

  /** One question at a time, however many wait for the answer. */
  private void ask(long nowNanos) {
    List<Scrape> waiting = scrapes.stream().filter(Scrape::waiting).toList();
    if (waiting.isEmpty()) {
      return;
    }
    if (!asked) {
      asked = true;
      askedNanos = nowNanos;
      mainLoop.execute(this::lookAround);
    } else if (nowNanos - askedNanos >= LOOP_LIMIT_NANOS) {
      String why = "the main loop of the daemon has not answered for 5 s";
      waiting.forEach(
          scrape ->
              guarded(scrape, () -> scrape.refuse(Status.SERVICE_UNAVAILABLE, why, nowNanos)));
    }
  }

  /** On the main loop, which a fault of ours must not end: then there will be no answer. */
  private void lookAround() {
    try {
      arrived = LoopView.of(sources);
    } catch (RuntimeException e) {
      log.error("metrics: " + e);
    }
  }

  /** Before requests that have just come in are looked at: what is here may be old for them. */
  private void deliver(long nowNanos) {
    LoopView view = arrived;
    if (view == null) {
      return;
    }
    arrived = null;
    asked = false;
    List<Family> families = families(view);
    for (Scrape scrape : scrapes) {
      if (scrape.waiting()) {
        guarded(scrape, () -> scrape.answer(new Exposition(families), nowNanos));
      }
    }
  }

  private List<Family> families(LoopView view) {
    List<Family> families = new ArrayList<>(LockspaceFamilies.of(view));
    families.addAll(DaemonFamilies.of(sources, view));
    families.addAll(ProcessFamilies.of(proc));
    return families;
  }

  /** Ends soon. */
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
  }
}
