package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.index.IndexAnswer;
import io.sanlockd.lease.index.IndexOperation;
import io.sanlockd.lease.index.ResourceIndex;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.List;

/** What hosts of a timeline do with the resource index, which lies at 20 MiB. */
final class IndexSteps {
  private static final long MIB = 1 << 20;
  private static final long INDEX = 20 * MIB;

  private IndexSteps() {}

  static String format(TestHost host) throws Exception {
    ResourceIndex.format(host.disk(), INDEX, Geometry.S512_A1M, World.SPACE, 0, 60_000_000_000L);
    return "formatted";
  }

  static String run(TestHost host, List<String> words) {
    LeaseName name = words.size() > 1 ? LeaseName.of(words.get(1)) : LeaseName.EMPTY;
    var context = host.indexContext();
    IndexAnswer answer =
        host.run(
            switch (words.get(0)) {
              case "creates" -> IndexOperation.create(context, host.disk(), INDEX, name, 0);
              case "deletes" -> IndexOperation.delete(context, host.disk(), INDEX, name, 0);
              case "finds" -> IndexOperation.lookup(context, host.disk(), INDEX, name, 0);
              default -> IndexOperation.rebuild(context, host.disk(), INDEX, false);
            });
    if (answer.result() < 0) {
      return ResultCode.of(answer.result()).map(Enum::name).orElse("error " + answer.result());
    }
    long offset = answer.row().offset();
    return offset == 0 ? "done" : "at " + offset / MIB + "M";
  }
}
