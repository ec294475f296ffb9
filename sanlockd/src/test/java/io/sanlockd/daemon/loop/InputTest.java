package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InputTest {
  private static final int MAX_BYTES = 1 << 16;

  @Test
  void bytesComeOutInTheOrderTheyWentInWhateverTheSteps() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      MemoryBudget budget = new MemoryBudget(2 * MAX_BYTES);
      Input input = new Input(budget, MAX_BYTES);
      int in = 0;
      int out = 0;
      for (int i = 0; i < 500; i++) {
        int more = random.nextInt(Math.min(4000, MAX_BYTES - input.size()) + 1);
        if (more > 0) {
          assertThat(input.makeRoom(more)).isTrue();
          input.append(counting(in, more));
          in += more;
        }
        int less = random.nextInt(input.size() + 1);
        assertThat(input.view(less)).isEqualTo(counting(out, less));
        input.consume(less);
        out += less;
        if (random.nextInt(4) == 0) {
          input.shrink();
        }
        assertThat(input.size()).isEqualTo(in - out);
      }
      input.clear();
      assertThat(budget.usedBytes()).isZero();
      assertThat(input.size()).isZero();
    }
  }

  @Test
  void growthBeyondTheBudgetIsRefusedAndNothingIsLost() {
    MemoryBudget budget = new MemoryBudget(10_000);
    Input input = new Input(budget, MAX_BYTES);
    assertThat(input.makeRoom(Input.SMALL_BYTES)).isTrue();
    assertThat(budget.usedBytes()).isZero();
    input.append(counting(0, 2000));
    assertThat(input.makeRoom(9000)).isFalse();
    assertThat(input.view(2000)).isEqualTo(counting(0, 2000));
    assertThat(input.makeRoom(3000)).isTrue();
    assertThat(budget.usedBytes()).isBetween(5000L, 10_000L);
    input.consume(1500);
    input.shrink();
    assertThat(budget.usedBytes()).isZero();
    assertThat(input.view(500)).isEqualTo(counting(1500, 500));
  }

  private static ByteBuffer counting(int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      bytes.put(i, (byte) (((from + i) * 31) >> 3));
    }
    return bytes;
  }
}
