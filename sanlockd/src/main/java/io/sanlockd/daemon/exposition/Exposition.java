package io.sanlockd.daemon.exposition;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * The text of some families, piece by piece: a thousand lockspaces are some megabytes, which the
 * heap of the daemon has not to spare.
 */
final class Exposition implements Iterator<String> {
  static final String CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private static final String END = "# EOF\n";

  private final Iterator<Family> families;
  private Family current;
  private Iterator<Consumer<Samples>> parts = Collections.emptyIterator();
  private boolean ended;

  Exposition(List<Family> families) {
    this.families = families.iterator();
  }

  @Override
  public boolean hasNext() {
    return !ended;
  }

  @Override
  public String next() {
    if (ended) {
      throw new NoSuchElementException();
    }
    if (parts.hasNext()) {
      return current.samples(parts.next());
    }
    if (families.hasNext()) {
      current = families.next();
      parts = current.parts().iterator();
      return current.header();
    }
    ended = true;
    return END;
  }
}
