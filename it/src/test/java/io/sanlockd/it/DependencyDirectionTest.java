package io.sanlockd.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rooms know only those above them (ARCHITECTURE.md 2). */
class DependencyDirectionTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.sanlockd");

  private static final String DAEMON = "io.sanlockd.daemon.";

  /**
   * A room.
   *
   * @param own its package
   * @param mayKnow packages it may know besides itself and the JDK
   */
  private record Room(String own, List<String> mayKnow) {
    private static Room of(String own, String... mayKnow) {
      return new Room(own, List.of(mayKnow));
    }

    private String[] allowed() {
      return Stream.concat(Stream.of("java..", own), mayKnow.stream()).toArray(String[]::new);
    }

    @Override
    public String toString() {
      return own;
    }
  }

  private static Stream<Room> rooms() {
    String model = "io.sanlockd.model..";
    String posix = "io.sanlockd.posix..";
    String lease = "io.sanlockd.lease..";
    String protocol = "io.sanlockd.protocol..";
    String client = "io.sanlockd.client..";
    String helper = "io.sanlockd.helper..";
    String wdmdProtocol = "io.sanlockd.wdmd.protocol..";
    String wdmdClient = "io.sanlockd.wdmd.client..";
    return Stream.of(
        Room.of(model),
        Room.of(posix, "jnr..", "com.kenai.jffi.."),
        Room.of(lease, model, posix, "net.openhft.."),
        Room.of(protocol, model),
        Room.of(client, model, protocol, "jnr.."),
        Room.of("io.sanlockd.examples..", model, client),
        Room.of(
            "io.sanlockd.bench..",
            model,
            posix,
            lease,
            protocol,
            client,
            "io.sanlockd.daemon.loop..",
            "picocli..",
            "net.openhft..",
            "org.openjdk.jmh..",
            "sun.misc.."),
        Room.of(helper),
        Room.of(wdmdProtocol, model),
        Room.of(wdmdClient, model, posix, wdmdProtocol),
        Room.of("io.sanlockd.wdmd.daemon..", model, posix, wdmdProtocol, "jnr.."),
        Room.of("io.sanlockd.reset..", model, posix, protocol, client, wdmdClient, "jnr.."),
        Room.of("io.sanlockd.daemon..", model, posix, lease, protocol, helper, wdmdClient, "jnr.."),
        Room.of(
            "io.sanlockd.cli..", model, posix, lease, protocol, client, wdmdClient, "picocli.."));
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void roomKnowsOnlyTheRoomsAboveIt(Room room) {
    classes()
        .that()
        .resideInAPackage(room.own)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(room.allowed())
        .check(CLASSES);
  }

  @Test
  void everyClassIsInARoom() {
    String[] rooms = rooms().map(Room::own).toArray(String[]::new);
    classes().should().resideInAnyPackage(rooms).check(CLASSES);
  }

  @Test
  void onlyCommandAndBootSeeTheEventLoop() {
    noClasses()
        .that()
        .resideInAPackage(DAEMON + "*..")
        .and()
        .resideOutsideOfPackages(DAEMON + "loop..", DAEMON + "command..", DAEMON + "boot..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(DAEMON + "loop..")
        .check(CLASSES);
  }

  @Test
  void whatIsCountedKnowsNoOtherRoomOfTheDaemon() {
    noClasses()
        .that()
        .resideInAPackage(DAEMON + "metrics..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(DAEMON + "*..").and(resideOutsideOfPackage(DAEMON + "metrics..")))
        .check(CLASSES);
  }

  @Test
  void eventLoopKnowsNoOtherRoomOfTheDaemonButWhatIsCounted() {
    noClasses()
        .that()
        .resideInAPackage(DAEMON + "loop..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(DAEMON + "*..")
                .and(resideOutsideOfPackages(DAEMON + "loop..", DAEMON + "metrics..")))
        .check(CLASSES);
  }

  @Test
  void nobodyKnowsBootAndOnlyBootKnowsCommand() {
    noClasses()
        .that()
        .resideOutsideOfPackage(DAEMON + "boot..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(DAEMON + "boot..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(DAEMON + "boot..", DAEMON + "command..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(DAEMON + "command..")
        .check(CLASSES);
  }

  @Test
  void lockspacesKnowNothingOfResourcesAndClients() {
    noClasses()
        .that()
        .resideInAPackage(DAEMON + "lockspace..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(DAEMON + "resource..", DAEMON + "client..", DAEMON + "recovery..")
        .check(CLASSES);
  }

  @Test
  void nativeTransportIsTheOnlyPlaceOfTheClientLibraryWithNativeCalls() {
    assertThat(classesThatKnow("io.sanlockd.client", "jnr.")).containsExactly("NativeTransport");
  }

  private static Set<String> classesThatKnow(String fromPackage, String toPrefix) {
    return CLASSES.stream()
        .filter(from -> from.getPackageName().startsWith(fromPackage))
        .filter(
            from ->
                from.getDirectDependenciesFromSelf().stream()
                    .anyMatch(to -> to.getTargetClass().getName().startsWith(toPrefix)))
        .map(from -> from.getSimpleName())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
