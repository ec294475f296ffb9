package io.sanlockd.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public classes and members are those of the list in api.txt: what a program was compiled
 * against stays. After an addition, add the lines that the failure shows; to remove or change a
 * line takes a new major version.
 */
class ApiTest {
  private static final Path LIST = Path.of("src/test/resources/api.txt");
  private static final List<String> PACKAGES =
      List.of("io.sanlockd.client", "io.sanlockd.client.lease");

  @Test
  void nothingThatProgramsUseIsGoneAndNothingIsUnlisted() throws Exception {
    Collection<String> listed = Files.readAllLines(LIST);
    Collection<String> found = signatures();
    assertThat(found).as("classes were found").hasSizeGreaterThan(100);
    Collection<String> gone = new ArrayList<>(listed);
    gone.removeAll(found);
    assertThat(gone).as("programs that use these no longer run").isEmpty();
    Collection<String> unlisted = new ArrayList<>(found);
    unlisted.removeAll(listed);
    assertThat(unlisted).as("add these lines to %s", LIST).isEmpty();
  }

  @Test
  void highLevelShowsNoStructureOfTheWire() throws Exception {
    assertThat(signatures())
        .filteredOn(line -> line.contains("io.sanlockd.client.lease."))
        .noneMatch(line -> line.contains("io.sanlockd.protocol."));
  }

  private static Collection<String> signatures() throws Exception {
    Collection<String> signatures = new TreeSet<>();
    for (String name : classNames()) {
      Class<?> type = Class.forName(name);
      if (isVisible(type)) {
        signatures.add(describe(type));
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
          addVisible(constructor, constructor.toGenericString(), signatures);
        }
        for (Method method : type.getDeclaredMethods()) {
          addVisible(method, method.toGenericString(), signatures);
        }
        for (Field field : type.getDeclaredFields()) {
          addVisible(field, field.toGenericString(), signatures);
        }
      }
    }
    return signatures;
  }

  private static boolean isVisible(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return Modifier.isPublic(type.getModifiers()) && (outer == null || isVisible(outer));
  }

  private static String describe(Class<?> type) {
    String parents =
        Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
            .map(Class::getName)
            .collect(Collectors.joining(", "));
    return type.toGenericString() + " : " + parents;
  }

  private static void addVisible(Member member, String text, Collection<String> signatures) {
    boolean isVisible = (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    if (isVisible && !member.isSynthetic()) {
      signatures.add(text.replace("synchronized ", ""));
    }
  }

  private static List<String> classNames() throws IOException, URISyntaxException {
    Path root =
        Path.of(SanlockClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> names = new ArrayList<>();
    for (String packageName : PACKAGES) {
      Path directory = root.resolve(packageName.replace('.', '/'));
      try (Stream<Path> files = Files.list(directory)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
            .map(file -> packageName + "." + file.substring(0, file.length() - 6))
            .forEach(names::add);
      }
    }
    return names;
  }
}
