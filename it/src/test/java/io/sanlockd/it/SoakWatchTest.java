package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.it.SoakWatch.Measure;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the soak calls a leak. */
class SoakWatchTest {
  private static final int LOOKS = 90;

  /** A watch that has looked 90 times and found resident memory, in MiB, as told. */
  private static SoakWatch watched(double minutes, IntToDoubleFunction resident) {
    SoakWatch watch = new SoakWatch(ProcessHandle.current().pid());
    for (int i = 0; i < LOOKS; i++) {
      double found = resident.applyAsDouble(i) * 1024;
      Function<Measure, Double> value = measure -> measure == Measure.RESIDENT ? found : 50;
      watch.add(
          new SoakWatch.Sample(
              minutes * 60 * i / LOOKS,
              Arrays.stream(Measure.values()).collect(Collectors.toMap(m -> m, value))));
    }
    return watch;
  }

  @Test
  void threeMegabytesAnHourAreALeak() {
    assertThat(watched(60, look -> 130 + 3.0 * look / LOOKS).leaks())
        .singleElement()
        .asString()
        .startsWith("resident");
  }

  @Test
  void twentyMegabytesAreALeakHoweverShortTheTime() {
    assertThat(watched(2, look -> 130 + 20.0 * look / LOOKS).leaks()).hasSize(1);
  }

  @Test
  void whatIsTouchedOnceIsNone() {
    assertThat(watched(60, look -> look < 25 ? 110 + look : 135).leaks()).isEmpty();
    assertThat(watched(2, look -> 130 + 5.0 * look / LOOKS).leaks()).isEmpty();
  }

  @Test
  void aStepOrAnOddLookIsNone() {
    assertThat(watched(60, look -> look == 88 ? 160 : 130).leaks()).isEmpty();
    assertThat(watched(60, look -> look < 60 ? 130 : 130.5).leaks()).isEmpty();
  }

  @Test
  void whatComesAndGoesIsNone() {
    assertThat(watched(60, look -> 130 + look % 7).leaks()).isEmpty();
  }
}
