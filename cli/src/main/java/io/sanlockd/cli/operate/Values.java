package io.sanlockd.cli.operate;

import io.sanlockd.client.State;

/** Numbers in the text of states; a daemon of another version may lack some. */
final class Values {
  private Values() {}

  static long number(State state, String key, long fallback) {
    try {
      return state.value(key).map(Long::parseLong).orElse(fallback);
    } catch (NumberFormatException e) {
      return fallback;
    }
  }
}
